import type { FromSchema } from 'json-schema-to-ts';
import type { ControlModule, ControlResult, ParamsSchema, Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { numberOf, textArg, truthArg } from './args.ts';

const params = {
  type: 'object',
  description:
    'Waits, or asks the person at the terminal; once for all hosts. Without a terminal nothing is asked.',
  properties: {
    seconds: { type: ['number', 'string'], description: 'So many seconds; at least one.' },
    minutes: { type: ['number', 'string'], description: 'So many minutes.' },
    prompt: { type: 'string', description: 'What to ask.' },
    echo: { type: 'boolean', default: true, description: 'Whether what is typed is shown.' },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of pause. */
export type PauseParams = FromSchema<typeof params>;

/** Waits, or asks. */
export const pause: ControlModule = {
  kind: 'control',
  name: 'pause',
  params,
  once: true,
  example: `- name: Let the cluster settle
  pause:
    seconds: 10
- pause:
    prompt: Drain the node now, then press enter
`,
  problems(given): readonly Problem[] {
    const both = isMap(given) && Object.hasOwn(given, 'minutes') && Object.hasOwn(given, 'seconds');
    return both
      ? [{ pointer: '/minutes', message: 'pause takes seconds or minutes, not both' }]
      : [];
  },
  run(args, scope): ControlResult {
    const minutes = numberOf(args, 'minutes', scope);
    const seconds =
      numberOf(args, 'seconds', scope) ?? (minutes === undefined ? undefined : minutes * 60);
    const prompt = textArg(args, 'prompt', scope);
    return {
      data: {},
      effect: {
        kind: 'pause',
        unit: numberOf(args, 'seconds', scope) === undefined ? 'minutes' : 'seconds',
        echo: truthArg(args, 'echo', scope, true),
        ...(seconds === undefined ? {} : { seconds: Math.trunc(seconds) }),
        ...(prompt === undefined ? {} : { prompt }),
      },
    };
  },
};
