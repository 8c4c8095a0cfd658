import type { ActionModule, AnyModule, Registry } from '../../src/model/module.ts';
import { raw } from '../../src/lib/shell.ts';

const action = (
  name: string,
  params: AnyModule['params'],
  more: Partial<AnyModule> = {},
): AnyModule => {
  const module: ActionModule<unknown> = {
    kind: 'action',
    name,
    params,
    example: '',
    script: () => raw('true'),
    parse: () => ({ changed: false, data: {} }),
    reads: () => true,
  };
  return { ...module, ...more } as AnyModule;
};

/** Small modules for tests of loading; their schemas use what real ones use. */
export const sampleModules: Registry = new Map(
  [
    action(
      'open_port',
      {
        type: 'object',
        description: 'Opens ports.',
        additionalProperties: false,
        required: ['ports'],
        properties: {
          ports: {
            type: 'array',
            description: 'ports such as 443/tcp.',
            items: { anyOf: [{ type: 'string' }, { type: 'object' }] },
          },
          zone: { type: 'string', default: 'public', description: 'The zone.' },
          state: {
            enum: ['present', 'absent', 'exact'],
            default: 'present',
            description: 'State.',
          },
          offline: {
            anyOf: [{ enum: ['auto', 'never'] }, { type: 'boolean' }],
            description: 'Offline.',
          },
          metric: { type: 'integer', minimum: 1, description: 'Metric.' },
          remove: {
            type: 'object',
            additionalProperties: false,
            description: 'Remove.',
            properties: {
              ports: { type: 'array', items: { type: 'string' }, description: 'Ports.' },
            },
          },
        },
      },
      {
        problems: (params) => {
          const { ports } = params as { ports: readonly unknown[] };
          return (Array.isArray(ports) ? ports : []).flatMap((port: unknown, i) =>
            typeof port === 'string' && !/^\d+\/(tcp|udp)$/.test(port)
              ? [
                  {
                    pointer: `/ports/${i}`,
                    message: `"${port}" is no port`,
                    hint: 'Write it like 443/tcp.',
                  },
                ]
              : [],
          );
        },
      },
    ),
    action('command', {
      type: 'object',
      description: 'Runs a command.',
      additionalProperties: false,
      required: ['cmd'],
      'x-free-form': 'cmd',
      properties: {
        cmd: { type: 'string', description: 'The command.' },
        chdir: { type: 'string' },
      },
    }),
    action('debug', {
      type: 'object',
      description: 'Says something.',
      additionalProperties: false,
      properties: { msg: { description: 'What to say.' }, var: { type: 'string' } },
    }),
  ].map((module) => [module.name, module]),
);
