import type { Prompt } from '../model/prompt.ts';
import { entry, type MapTree, type Tree } from '../model/tree.ts';
import { flagOf, scalar } from './around.ts';
import { checkKeywords, fail, type Loading } from './loading.ts';
import { unsupportedInPrompt } from './schema/unsupported.ts';
import { kindOfValue } from './schema/words.ts';

/** What `vars_prompt` asks for. */
export function readPrompts(loading: Loading, tree: Tree | undefined): readonly Prompt[] {
  if (!tree || (tree.kind === 'scalar' && tree.value === null)) return [];
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.flatMap((item) => {
    if (item.kind === 'map') return readPrompt(loading, item);
    const is = item.kind === 'list' ? 'a list' : kindOfValue(item.value);
    fail(loading, 'PLAYBOOK_INVALID', `An entry of "vars_prompt" must be a map; this is ${is}.`, {
      source: item.source,
      hint: 'Write `- name: VARIABLE` with `prompt: QUESTION` below it.',
    });
    return [];
  });
}

function readPrompt(loading: Loading, item: MapTree): readonly Prompt[] {
  const known = item.entries.filter(({ key, keySource }) => {
    if (!Object.hasOwn(unsupportedInPrompt, key)) return true;
    fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${key}\` in vars_prompt.`, {
      source: keySource,
      hint: unsupportedInPrompt[key],
    });
    return false;
  });
  const map: MapTree = { ...item, entries: known };
  if (checkKeywords(loading, 'prompt', map).size > 0) return [];
  const get = (key: string): Tree | undefined => entry(map, key)?.value;
  const name = String(scalar(get('name'))?.value ?? '');
  const prompt = scalar(get('prompt'));
  return [
    {
      name,
      prompt: prompt ? String(prompt.value) : name,
      default: get('default'),
      private: flagOf(get('private'), true),
      confirm: flagOf(get('confirm'), false),
      unsafe: flagOf(get('unsafe'), false),
      source: item.source,
    },
  ];
}
