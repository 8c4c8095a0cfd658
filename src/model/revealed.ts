import { canonical } from './lenient.ts';
import type { ParamsSchema } from './module.ts';
import { isMap, Secret, type Value } from './value.ts';

/**
 * Arguments in which only what a module marks with `x-secret` is still a `Secret`; every other secret text is given as a
 * plain one, and told to `note`, so that it is masked wherever it is shown. A path or a name may well come from an
 * encrypted file, and a module that does not expect a secret must not have to.
 */
export function revealed(schema: ParamsSchema, given: Value, note: (text: string) => void): Value {
  if (!isMap(given) || !hides(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, Value] => {
      const key = canonical(schema, name);
      const property: object = Object.hasOwn(schema.properties, key)
        ? (schema.properties[key] ?? {})
        : {};
      const stays = 'x-secret' in property && property['x-secret'] === true;
      return [name, stays ? value : plain(value, note)];
    }),
  );
}

function plain(value: Value, note: (text: string) => void): Value {
  if (value instanceof Secret) {
    note(value.reveal());
    return value.reveal();
  }
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => plain(item, note));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, note)]));
}

function hides(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hides);
  return isMap(value) && Object.values(value).some(hides);
}
