import { OrchError, OrchErrors } from '../lib/errors.ts';
import { parseYaml } from '../load/yaml.ts';
import { plain } from '../model/tree.ts';
import type { Value } from '../model/value.ts';

/** The documents of a YAML text, for `from_yaml`. */
export const yamlValues = (text: string): readonly Value[] =>
  text.split(/^(?:---(?=\s|$)|\.\.\.\s*$)/m).flatMap((part, i, all) => {
    if (part.trim() === '' && (i === 0 || i === all.length - 1) && all.length > 1) return [];
    return [valueOf(part)];
  });

function valueOf(text: string): Value {
  try {
    const tree = parseYaml('from_yaml', text);
    return tree ? plain(tree) : null;
  } catch (error) {
    if (!(error instanceof OrchErrors)) throw error;
    const [first] = error.errors;
    const line = first?.source ? ` (line ${first.source.line})` : '';
    throw new OrchError('TEMPLATE_FAILED', `The text is not valid YAML${line}.`, {
      hint: 'Look at it with debug; was the output cut?',
    });
  }
}
