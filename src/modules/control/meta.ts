import { META_ACTIONS, type MetaAction } from '../../model/effect.ts';
import { type ControlModule, type ControlResult, type ParamsSchema } from '../../model/module.ts';
import { entry } from '../../model/tree.ts';

const params = {
  type: 'object',
  description:
    'Tells orch how to go on: to run handlers now, to end the play, to forget failures. Nothing is done on a host, and it is not counted.',
  properties: {
    action: {
      enum: META_ACTIONS,
      description:
        'flush_handlers: run notified handlers now. end_host, end_batch, end_play: end it without a failure. ' +
        'clear_host_errors: hosts that failed or were lost take part again. clear_facts: forget facts. ' +
        'refresh_inventory: read the inventory again. reset_connection: connect anew. noop, role_complete: nothing.',
    },
  },
  required: ['action'],
  additionalProperties: false,
  'x-free-form': 'action',
} as const satisfies ParamsSchema;

/** Tells the engine how to go on. */
export const meta: ControlModule = {
  kind: 'control',
  name: 'meta',
  params,
  example: `- name: Handlers run here, not at the end
  meta: flush_handlers
- name: Hosts that are done leave the play
  meta: end_host
  when: already_installed | default(false)
`,
  run(args): ControlResult {
    const value = entry(args, 'action')?.value;
    const action = META_ACTIONS.find((one) => value?.kind === 'scalar' && value.value === one);
    return action === undefined ? { data: {} } : done(action);
  },
};

const done = (action: MetaAction): ControlResult => ({
  data: {},
  effect: { kind: 'meta', action },
});
