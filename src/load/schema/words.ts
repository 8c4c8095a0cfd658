/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a schema accepts, in words: "a list of strings", "true or false", "present or absent". */
export function kindOfSchema(schema: Schema, plural = false): string {
  const says = schema['x-says'];
  if (typeof says === 'string') return says;
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) {
    const words = choices.map((one: Schema) =>
      kindOfSchema({ ...schema, anyOf: undefined, oneOf: undefined, ...one }, plural),
    );
    return several([...new Set(words)], 'or');
  }
  if (Array.isArray(schema['enum'])) return oneOf(schema['enum'].map(String));
  if ('const' in schema) return JSON.stringify(schema['const']);
  const types = [schema['type']].flat().filter((type) => typeof type === 'string');
  const said = types.length > 1 ? types.filter((type) => type !== 'null') : types;
  if (said.length > 1)
    return several(
      said.map((type) => kindOfSchema({ ...schema, type }, plural)),
      'or',
    );
  return kindOfType(said[0], schema, plural);
}

function kindOfType(type: string | undefined, schema: Schema, plural: boolean): string {
  if (type === 'array') {
    const items = schema['items'] as Schema | undefined;
    const of = items && Object.keys(items).length > 0 ? ` of ${kindOfSchema(items, true)}` : '';
    return `${plural ? 'lists' : 'a list'}${of}`;
  }
  const [one, many] = NOUNS[type ?? ''] ?? ['another value', 'other values'];
  if (plural) return many;
  const [example] = Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]) : [];
  if (example !== undefined) return `${one} such as ${JSON.stringify(example)}`;
  const { pattern } = schema as { pattern?: unknown };
  return typeof pattern === 'string' ? `${one} that matches ${pattern}` : one;
}

const NOUNS: Readonly<Record<string, readonly [string, string]>> = {
  string: ['a string', 'strings'],
  integer: ['a whole number', 'whole numbers'],
  number: ['a number', 'numbers'],
  boolean: ['true or false', 'true or false'],
  null: ['empty', 'empty'],
  object: ['a map', 'maps'],
};

/** A value in words, short enough for a sentence: `"gone"`, `a map`, `empty`. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 57)}..."` : text;
  return typeof value === 'number' ? `the number ${shown}` : shown;
}

/** `a, b or c`. */
export function several(words: readonly string[], last: 'or' | 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

/** `a or b`, `one of a, b, c`. */
export const oneOf = (words: readonly string[]): string =>
  words.length > 2 ? `one of ${words.join(', ')}` : several(words, 'or');

/** The arguments a module takes: `x-any-keys` (set_fact) lets in keys that are not listed. */
export const argumentsOf = (params: Schema): Schema =>
  params['x-any-keys'] === true ? { ...params, additionalProperties: true } : params;
