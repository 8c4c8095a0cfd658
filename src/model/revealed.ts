import { canonical } from './lenient.ts';
import type { ParamsSchema } from './module.ts';
import { isMap, Secret, type Value } from './value.ts';

/** What is known of the secrets of a run. */
export interface SecretTexts {
  /** Hears of a text made from secrets that is handed on as a plain one: it must not be shown either. */
  noteSecret?(text: string): void;
  /** Whether a secret stands in a text, as it was: a host may have printed it. */
  holdsSecret?(text: string): boolean;
}

/**
 * Arguments in which only what a module marks with `x-secret` is a `Secret`, and a text there that holds one is one too.
 * Every other secret text is given as a plain one, and noted, so that it is masked wherever it is shown: a path or a name
 * may well come from an encrypted file, and a module that does not expect a secret must not have to.
 */
export function revealed(schema: ParamsSchema, given: Value, secrets: SecretTexts): Value {
  if (!isMap(given)) return given;
  const marked = Object.values(schema.properties).some(isMarked);
  if (!hides(given) && !(marked && secrets.holdsSecret)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, Value] => {
      const key = canonical(schema, name);
      const property: object = Object.hasOwn(schema.properties, key)
        ? (schema.properties[key] ?? {})
        : {};
      return [name, isMarked(property) ? covered(value, secrets) : plain(value, secrets)];
    }),
  );
}

const isMarked = (property: object): boolean =>
  'x-secret' in property && property['x-secret'] === true;

const plain = (value: Value, secrets: SecretTexts): Value =>
  changed(value, (text) => {
    if (!(text instanceof Secret)) return text;
    secrets.noteSecret?.(text.reveal());
    return text.reveal();
  });

const covered = (value: Value, secrets: SecretTexts): Value =>
  changed(value, (text) =>
    typeof text === 'string' && secrets.holdsSecret?.(text) === true ? new Secret(text) : text,
  );

/** A value with every single one in it changed; the same where none was. */
function changed(value: Value, change: (single: Value) => Value): Value {
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    const made = list.map((item) => changed(item, change));
    return made.every((item, i) => item === list[i]) ? list : made;
  }
  if (!isMap(value)) return change(value);
  const made = Object.entries(value).map(([key, item]) => [key, changed(item, change)] as const);
  return made.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(made);
}

function hides(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hides);
  return isMap(value) && Object.values(value).some(hides);
}
