import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import { entry } from '../../model/tree.ts';
import { firstUnknown } from '../../model/value.ts';
import { eager, showMessage } from './texts.ts';

const params = {
  type: 'object',
  description: 'Fails the host, with a message. Give it a `when`. Runs in orch, not on the host.',
  properties: {
    msg: {
      type: ['string', 'array', 'number', 'boolean', 'object', 'null'],
      default: 'Failed as requested from task',
      description: 'What to say; a list is said as it is.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Fails on purpose. */
export const fail: ControlModule = {
  kind: 'control',
  name: 'fail',
  params,
  example: `- fail:
    msg: "{{ inventory_hostname }} has no internal_address"
  when: internal_address is not defined
`,
  run(args, scope): ControlResult {
    const given = entry(args, 'msg');
    const value = given ? scope.resolve(given.value) : params.properties.msg.default;
    const unknown = firstUnknown(value);
    const msg = unknown ? `failed; its message is not known: ${unknown.why}` : showMessage(value);
    return { failed: msg, data: { msg: unknown ? msg : eager(value) } };
  },
};
