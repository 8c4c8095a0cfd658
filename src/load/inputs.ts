import { hide } from '../model/hidden.ts';
import type { Input } from '../model/play.ts';
import { entry, hasTemplate, plain, type MapTree, type Tree } from '../model/tree.ts';
import { flagOf } from './around.ts';
import { checkKeywords, fail, type Loading } from './loading.ts';
import { kindOfValue } from './schema/words.ts';

/** The inputs a play declares; a default that does not fit its own type is an error. */
export function readInputs(loading: Loading, tree: Tree | undefined): readonly Input[] {
  if (!tree || (tree.kind === 'scalar' && tree.value === null)) return [];
  if (tree.kind !== 'map') {
    fail(loading, 'PLAYBOOK_INVALID', '"inputs" must be a map of names.', {
      source: tree.source,
      hint: 'Write `inputs: {external_interface: {type: string, description: ...}}`.',
    });
    return [];
  }
  return tree.entries.flatMap(({ key, keySource, value }) => {
    if (value.kind !== 'map') {
      fail(loading, 'INPUT_INVALID', `Input "${key}" must be a map with a type.`, {
        source: keySource,
        hint: `Write \`${key}: {type: string, description: ...}\`.`,
      });
      return [];
    }
    if (checkKeywords(loading, 'input', value).size > 0) return [];
    return [readInput(loading, key, value)];
  });
}

function readInput(loading: Loading, name: string, map: MapTree): Input {
  const text = (key: string): string => {
    const found = entry(map, key)?.value;
    return found?.kind === 'scalar' && found.value !== null ? String(found.value) : '';
  };
  const preset = entry(map, 'default')?.value;
  const listed = entry(map, 'choices')?.value;
  const choices = listed?.kind === 'list' ? listed : undefined;
  if (listed && !choices)
    fail(loading, 'INPUT_INVALID', `The choices of input "${name}" must be written out.`, {
      source: listed.source,
      hint: 'Write a list: choices: [a, b].',
    });
  const secret = isSecret(loading, name, map);
  const input: Input = {
    name,
    type: text('type') as Input['type'],
    description: text('description'),
    ...(preset ? { default: preset } : {}),
    ...(choices ? { choices: plain(choices) as readonly (string | number | boolean)[] } : {}),
    ...(secret ? { secret } : {}),
    source: map.source,
  };
  if (preset && !hasTemplate(preset) && !fits(preset, input)) {
    const is = kindOfValue(plain(preset));
    const { type, choices: allowed } = input;
    fail(
      loading,
      'INPUT_INVALID',
      `The default of input "${name}" must be ${allowed ? `one of ${allowed.join(', ')}` : `of type ${type}`}, is ${is}.`,
      {
        source: preset.source,
        hint: 'Mend the default or the type; leave the default out if the input must be set.',
      },
    );
  }
  return input;
}

/** Whether an input is secret; if so, so is every variable of that name. What is true or false cannot be. */
function isSecret(loading: Loading, name: string, map: MapTree): boolean {
  const written = entry(map, 'secret');
  if (!written || !flagOf(written.value, false)) return false;
  const type = entry(map, 'type')?.value;
  if (type?.kind === 'scalar' && type.value === 'boolean')
    fail(loading, 'INPUT_INVALID', `Input "${name}" is true or false: that is no secret.`, {
      source: written.keySource,
      hint: 'Leave `secret` out, or make it a string.',
    });
  if (loading.hidden) hide(loading.hidden, [name]);
  return true;
}

function fits(tree: Tree, { type, choices }: Input): boolean {
  if (type === 'list' || type === 'map') return tree.kind === type;
  if (tree.kind !== 'scalar') return false;
  if (choices && !choices.some((choice) => choice === tree.value)) return false;
  if (type === 'integer') return Number.isInteger(tree.value);
  return typeof tree.value === type;
}
