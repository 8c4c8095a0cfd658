import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, StateModule } from '../../model/module.ts';
import { type HostnameFacts, hostnameResource, type HostnameState } from './resource.ts';

const params = {
  type: 'object',
  description: 'The name of the host, now and after a reboot. /etc/hosts is not touched.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*$',
      maxLength: 64,
      'x-says': 'a host name',
      description: 'The name, such as node1 or node1.example.com; K3s wants it to be unique.',
    },
    use: {
      enum: ['debian', 'redhat', 'systemd', 'generic', 'alpine', 'sles'],
      description:
        "Ansible's way to choose a strategy; there is one for all here, so it says nothing.",
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of hostname. */
export type HostnameParams = FromSchema<typeof params>;

/** How the host is called. */
export const hostname: StateModule<HostnameParams, null, HostnameState, HostnameFacts> = {
  kind: 'state',
  name: 'hostname',
  params,
  example: `- name: The host is called as the inventory calls it
  hostname:
    name: "{{ inventory_hostname }}"
`,
  resource: hostnameResource,
  scope: () => null,
  desired: (_current, { name }) => ({ runtime: name, permanent: name }),
  result: (_before, _after, { name }) => ({ data: { name }, notes: [], warnings: [] }),
};
