import type { Problem } from '../../model/module.ts';
import { Secret, Unknown, type Value, isMap } from '../../model/value.ts';
import { parseIpv4, parseIpv4Cidr } from '../routes/ipv4.ts';
import { FLAGS, type Flag, nameProblem } from './flag-table.ts';
import { baseKey } from './values.ts';

/** What is wrong with the flags of a playbook; values that are not known yet are passed over. */
export function flagProblems(
  flags: Value | undefined,
  role: unknown,
  allowed: readonly unknown[],
): readonly Problem[] {
  if (!isMap(flags)) return [];
  return Object.entries(flags).flatMap(([key, value]): readonly Problem[] => {
    const pointer = `/flags/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const name = baseKey(key);
    const flag = FLAGS.get(name);
    if (!flag) {
      if (allowed.includes(name)) return [];
      return [
        {
          pointer,
          key: true,
          message: nameProblem(name) ?? '',
          hint: `Check the spelling; if your version of K3s has it, add it to allow_unknown: [${name}].`,
        },
      ];
    }
    if (role === 'agent' && flag.on === 'server') return [serverOnly(name, pointer)];
    const wrong = valueProblem(name, flag, value);
    return wrong === undefined ? [] : [{ pointer, message: `${name}: ${wrong}` }];
  });
}

/** The problem of a flag that agents do not have. */
export const serverOnly = (name: string, pointer: string): Problem => ({
  pointer,
  key: true,
  message: `${name} is a flag of servers: an agent would skip it`,
  hint: 'Give it to the servers only, in group_vars of their group or with a `when`.',
});

function valueProblem(name: string, { type }: Flag, value: Value): string | undefined {
  const list = Array.isArray(value) ? (value as readonly Value[]) : undefined;
  if (value === null || [value, ...(list ?? [])].some((item) => item instanceof Unknown)) {
    return undefined;
  }
  if (type === 'addresses') return addressProblem(name, list ?? [value]);
  const items = type === 'list' ? (list ?? [value]) : [value];
  if (items.some((item) => item === null || Array.isArray(item) || isMap(item)))
    return type === 'list' ? 'a list of words is expected' : `one ${type} is expected`;
  if (type === 'list')
    return items.some((item) => typeof item === 'boolean') ? 'quote true and false' : undefined;
  if (type === 'string') return stringProblem(name, value);
  const { pattern, what } = FORMS[type];
  return pattern.test(showValue(value)) ? undefined : `${what} is expected`;
}

const FORMS = {
  integer: { pattern: /^-?\d+$/, what: 'an integer' },
  boolean: { pattern: /^(true|false)$/, what: 'true or false' },
  duration: { pattern: /^(\d+(\.\d+)?(ms|s|m|h))+$/, what: 'a duration such as 30s or 5m0s' },
} as const;

const showValue = (value: Value): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function stringProblem(name: string, value: Value): string | undefined {
  if (typeof value === 'boolean') return 'text is expected: quote it';
  if (typeof value === 'number' && name === 'write-kubeconfig-mode')
    return `quote it ("0644"): without quotes YAML reads an octal number, here ${value}`;
  if (value === '') return 'it is empty; write null to take the flag out of the file';
  return undefined;
}

function addressProblem(name: string, items: readonly Value[]): string | undefined {
  if (items.some((item) => item instanceof Secret)) return undefined;
  const words = items.flatMap((item) => (typeof item === 'string' ? item.split(',') : ['']));
  const isRange = name.endsWith('-cidr');
  const bad = words.map((word) => word.trim()).find((word) => !isAddress(word, isRange));
  if (bad !== undefined) return `"${bad}" is no ${isRange ? 'address range (CIDR)' : 'IP address'}`;
  const sixes = words.filter((word) => word.includes(':')).length;
  if (sixes > 1 || words.length - sixes > 1) return 'at most one per address family';
  return undefined;
}

function isAddress(word: string, isRange: boolean): boolean {
  if (!isRange) return parseIpv4(word) !== undefined || /^[0-9a-fA-F]*:[0-9a-fA-F:.]+$/.test(word);
  return (
    parseIpv4Cidr(word) !== undefined ||
    /^[0-9a-fA-F]*:[0-9a-fA-F:.]*\/(\d|[1-9]\d|1[01]\d|12[0-8])$/.test(word)
  );
}
