import type { Problem, Validate } from '../model/module.ts';
import { isLazy, isMap, Secret, Unknown, type Value } from '../model/value.ts';
import { convert } from './convert.ts';
import { problemsOf, type Validator } from './problems.ts';

/** Validators of module arguments by the name of the module. */
export type Validators = (module: string) => Validator | undefined;

/**
 * Makes the check of finished arguments. The params given back are a copy with the schema's defaults
 * filled in. An Unknown, a Secret or a lazy map fits wherever it stands and comes back as it is.
 * A module without a validator accepts everything.
 */
export function makeValidate(validators: Validators): Validate {
  return (module, params) => {
    const validator = validators(module);
    if (!validator) return { params, problems: [] };
    const open = new Map<string, Value>();
    const copy = closed(params, '', open);
    let fits = validator(copy);
    // Each look may find one mistake only; arguments are not many.
    for (let i = 0; !fits && i < 50 && convert(copy, validator.errors ?? []); i++) {
      fits = validator(copy);
    }
    if (fits) return { params: reopened(copy, '', open), problems: [] };
    const found = problemsOf(
      validator.errors ?? [],
      { thing: 'argument', whole: module },
      new Set(open.keys()),
    );
    const problems = found.map((problem): Problem => ({
      code: 'ARGUMENT_INVALID',
      hint: `See \`orch doc ${module}\` for its arguments.`,
      ...problem,
    }));
    return { params: reopened(copy, '', open), problems };
  };
}

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** A deep copy that a validator may look at and fill; what it may not look at is null there, kept in `open`. */
function closed(value: Value, pointer: string, open: Map<string, Value>): Value {
  if (value instanceof Unknown || value instanceof Secret || isLazy(value)) {
    open.set(pointer, value);
    return null;
  }
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((item, i) => closed(item, `${pointer}/${i}`, open));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      closed(inner, `${pointer}/${escape(key)}`, open),
    ]),
  );
}

function reopened(value: Value, pointer: string, open: ReadonlyMap<string, Value>): Value {
  if (open.size === 0) return value;
  const held = open.get(pointer);
  if (held !== undefined) return held;
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((item, i) => reopened(item, `${pointer}/${i}`, open));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      reopened(inner, `${pointer}/${escape(key)}`, open),
    ]),
  );
}
