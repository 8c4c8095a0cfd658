import { didYouMean, nearest } from '../lib/nearest.ts';
import type { Problem } from '../model/module.ts';
import { kindOfSchema, kindOfValue, oneOf, several, type Schema } from './schema/words.ts';

/** An error as ajv reports it with `verbose`. */
export interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly schema?: unknown;
  readonly parentSchema?: Schema;
  readonly data?: unknown;
}

/** A validator: true when the value fits, else `errors` says why not. It may fill in defaults. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly Violation[] | null;
}

/** What the keys and values of a map are called: "argument", "keyword". */
export interface Wording {
  readonly thing: string;
  /** Name of the whole value, where a problem has no key to name: "firewalld_port". */
  readonly whole: string;
}

/**
 * Violations as sentences, each placed by a pointer. Noise of anyOf and oneOf becomes one cause. What
 * stands at a pointer in `open` cannot be judged yet (it fits everything).
 */
export function problemsOf(
  violations: readonly Violation[],
  wording: Wording,
  open: ReadonlySet<string> = new Set(),
): readonly Problem[] {
  const found = settle(violations, open).map((violation) => describe(violation, wording));
  const seen = new Set<string>();
  return found.filter(({ pointer, message }) => {
    const id = `${pointer}\n${message}`;
    return seen.has(id) ? false : seen.add(id);
  });
}

/** Leaves out what cannot be judged, and of alternatives all but the one that was meant. */
function settle(all: readonly Violation[], open: ReadonlySet<string>): readonly Violation[] {
  let left = [...all];
  // Innermost alternatives come first in ajv's list.
  for (const choice of all.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')) {
    if (!left.includes(choice)) continue;
    const prefix = `${choice.schemaPath}/`;
    const branches = new Map<string, Violation[]>();
    for (const violation of all) {
      if (!violation.schemaPath.startsWith(prefix) || !within(violation, choice)) continue;
      const [branch = ''] = violation.schemaPath.slice(prefix.length).split('/');
      // A branch whose violations were all settled before stays here, empty: it fits.
      const still = left.includes(violation) ? [violation] : [];
      branches.set(branch, [...(branches.get(branch) ?? []), ...still]);
    }
    if (branches.size === 0) continue;
    const inside = new Set([...branches.values()].flat());
    left = left.filter((violation) => !inside.has(violation));
    const kept = meant([...branches.values()], choice, open);
    left = left.flatMap((violation) => (violation === choice ? kept : [violation]));
  }
  // The pattern of a bad key is told by `propertyNames` itself.
  return left.filter((one) => !isOpen(one, open) && !one.schemaPath.includes('/propertyNames/'));
}

const within = (inner: Violation, outer: Violation): boolean =>
  inner.instancePath === outer.instancePath ||
  inner.instancePath.startsWith(`${outer.instancePath}/`);

/** The branch whose type fits the value says more than "none of them fits". */
function meant(
  branches: readonly (readonly Violation[])[],
  choice: Violation,
  open: ReadonlySet<string>,
): readonly Violation[] {
  const closed = branches.map((branch) => branch.filter((one) => !isOpen(one, open)));
  if (closed.some((branch) => branch.length === 0)) return [];
  const typed = closed.filter((branch) => !branch.some((one) => wrongKind(one, choice)));
  const [only] = typed;
  const says = choice.parentSchema?.['x-says'] !== undefined;
  const same =
    only?.some((one) => one.instancePath === choice.instancePath && !SPEAKING.has(one.keyword)) ===
    true;
  return only && typed.length === 1 && !(says && same) ? only : [choice];
}

/** What is wrong inside a value of the right type: told better than what the value may be. */
const SPEAKING: ReadonlySet<string> = new Set(['additionalProperties', 'required', 'minItems']);

/** Whether a branch is of another type than the value altogether. */
function wrongKind({ keyword, instancePath, params, data }: Violation, choice: Violation): boolean {
  if (instancePath !== choice.instancePath) return false;
  if (keyword === 'enum') {
    const allowed = params['allowedValues'] as readonly unknown[];
    return !allowed.some((one) => typeof one === typeof data);
  }
  return keyword === 'type' || keyword === 'const';
}

function isOpen({ instancePath, keyword, params }: Violation, open: ReadonlySet<string>): boolean {
  if (open.has(instancePath)) return true;
  return (
    keyword === 'uniqueItems' &&
    [params['i'], params['j']].some((index) => open.has(`${instancePath}/${String(index)}`))
  );
}

function describe(violation: Violation, wording: Wording): Problem {
  const { keyword, instancePath: pointer, params, data, parentSchema = {} } = violation;
  const name = nameOf(pointer, wording);
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(violation, wording);
    case 'required': {
      const missing = String(params['missingProperty']);
      const where = pointer === '' ? wording.whole : name;
      return {
        pointer,
        message: `Missing ${wording.thing} "${missing}" of ${where}.`,
        code: 'ARGUMENT_MISSING',
        ...describedBy(parentSchema, missing),
      };
    }
    case 'uniqueItems': {
      const [first = 0, second = 0] = [params['j'], params['i']].map(Number).sort((a, b) => a - b);
      const twice = JSON.stringify((data as readonly unknown[] | undefined)?.[first]);
      return { pointer: `${pointer}/${second}`, message: `${name} holds ${twice} twice.` };
    }
    default: {
      const hint = parentSchema['x-hint'] ?? typeHint(violation);
      return {
        pointer,
        message: demand(violation, name),
        ...(typeof hint === 'string' ? { hint } : {}),
      };
    }
  }
}

/** What a value must be and what it is. */
function demand({ keyword, params, data, parentSchema = {} }: Violation, name: string): string {
  const is = `is ${kindOfValue(data)}`;
  const limit = String(params['limit']);
  switch (keyword) {
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly unknown[]).map(String);
      const close = typeof data === 'string' ? didYouMean(data, allowed) : '';
      return `${name} must be ${oneOf(allowed)}, ${is}.${close}`;
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${name} must be ${bound(keyword)} ${limit}, ${is}.`;
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      if (limit === '1') return `${name} must not be empty.`;
      return `${name} must have at least ${limit} ${units(keyword)}.`;
    case 'maxItems':
    case 'maxLength':
    case 'maxProperties':
      return `${name} must have at most ${limit} ${units(keyword)}.`;
    case 'dependentRequired':
      return `"${String(params['property'])}" needs "${String(params['missingProperty'])}" beside it.`;
    case 'false schema':
      return `${name} must not be set.`;
    case 'propertyNames':
      return `${name} has a key "${String(params['propertyName'])}" that is no name of letters, digits and _.`;
    default:
      return `${name} must be ${kindOfSchema(parentSchema)}, ${is}.`;
  }
}

/** Two slips that have a cure of their own: one value where a list is meant, a quoted yes. */
function typeHint({ keyword, parentSchema, data, instancePath }: Violation): string | undefined {
  if (keyword !== 'type' || (typeof data !== 'string' && typeof data !== 'number'))
    return undefined;
  const key = instancePath.split('/').findLast((segment) => !/^\d+$/.test(segment)) ?? '';
  if (parentSchema?.['type'] === 'array') return `Write a list: \`${key}: [${data}]\`.`;
  if (parentSchema?.['type'] === 'boolean' && /^(yes|no|true|false|on|off)$/i.test(String(data))) {
    return `Write it without quotes: \`${key}: ${data}\`.`;
  }
  return undefined;
}

function unknownKey({ instancePath, params, parentSchema }: Violation, wording: Wording): Problem {
  const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
  const known = Object.keys(parentSchema?.['properties'] ?? {});
  const where = instancePath === '' ? '' : ` in ${nameOf(instancePath, wording)}`;
  const close = nearest(key, known);
  const list = close === undefined || known.length < 12 ? several(known, 'and') : '';
  return {
    pointer: `${instancePath}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message: `Unknown ${wording.thing} "${key}"${where}.${didYouMean(key, known)}`,
    code: 'ARGUMENT_UNKNOWN',
    key: true,
    ...(known.length === 0 || list === '' ? {} : { hint: `Known here: ${list}.` }),
  };
}

function describedBy(schema: Schema, name: string): { hint?: string } {
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  const about = properties?.[name]?.['description'];
  return typeof about === 'string' ? { hint: `Add ${name}: ${about}` } : {};
}

/** `/ports/2` is `item 3 of "ports"`. */
function nameOf(pointer: string, { whole }: Wording): string {
  const segments = pointer.split('/').slice(1);
  const last = segments.at(-1);
  if (last === undefined) return whole;
  if (!/^\d+$/.test(last)) return `"${last.replaceAll('~1', '/').replaceAll('~0', '~')}"`;
  const list = segments.findLast((segment) => !/^\d+$/.test(segment));
  return `item ${Number(last) + 1} of ${list === undefined ? whole : `"${list}"`}`;
}

const bound = (keyword: string): string =>
  ({ minimum: 'at least', maximum: 'at most', exclusiveMinimum: 'more than' })[keyword] ??
  'less than';

const units = (keyword: string): string =>
  keyword.endsWith('Items') ? 'items' : keyword.endsWith('Length') ? 'characters' : 'keys';
