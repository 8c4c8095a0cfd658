import { isScalar, visit, type Document, type Scalar, type YAMLError } from 'yaml';
import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';

/** The text of a file and the places of its offsets. */
export interface Lines {
  readonly file: string;
  readonly text: string;
  at(offset: number): Source;
}

/** How to write a value that starts with a template. */
export const QUOTE_HINT = 'Quote the whole value: key: "{{ name }}".';

interface Told {
  readonly source: Source;
  readonly message: string;
  readonly hint: string;
  /** What follows may be nonsense that only this error caused. */
  readonly confuses: boolean;
}

/**
 * What the parser found, in an operator's words, and what was found while reading the values, in the
 * order of the file. One per line, and nothing that may only be an echo of an earlier error.
 */
export function syntaxErrors(
  document: Document.Parsed | Document,
  lines: Lines,
  found: readonly OrchError[],
): readonly OrchError[] {
  const quoted = quotedScalars(document);
  const told = document.errors.map((error) => tell(error, lines, quoted));
  const tabs = told.filter(
    ({ message, source }, i) =>
      message === TAB && told.findIndex((one) => one.source.line === source.line) === i,
  );
  const others = told.filter(({ message }) => message !== TAB);
  const all: (Told & { error: OrchError })[] = [
    ...others.map((one) => ({ ...one, error: syntaxError(one) })),
    ...tabs.slice(0, 1).map((one) => ({ ...one, error: syntaxError(countTabs(one, tabs)) })),
    ...found.map((error) => ({
      source: error.source ?? lines.at(0),
      message: error.message,
      hint: error.hint,
      confuses: error.hint === QUOTE_HINT,
      error,
    })),
  ].sort((a, b) => a.source.line - b.source.line || a.source.column - b.source.column);
  const kept: OrchError[] = [];
  let confused = false;
  let lastLine = 0;
  for (const { error, source, confuses, hint } of all) {
    const template = hint === QUOTE_HINT;
    if (source.line !== lastLine && (!confused || error.message.startsWith(TAB) || template)) {
      kept.push(error);
      lastLine = source.line;
    }
    if (confuses && !template) confused = true;
  }
  return kept;
}

const syntaxError = ({ source, message, hint }: Told): OrchError =>
  new OrchError('YAML_SYNTAX', message, { source, hint });

const TAB = 'This line is indented with a tab; YAML allows only spaces.';

const countTabs = (first: Told, all: readonly Told[]): Told =>
  all.length === 1
    ? first
    : {
        ...first,
        message: `${TAB} So are ${all.length - 1} more (last: line ${all.at(-1)?.source.line ?? 0}).`,
      };

function quotedScalars(document: Document): readonly Scalar[] {
  if (document.errors.length === 0) return [];
  const found: Scalar[] = [];
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && node.type?.startsWith('QUOTE')) found.push(node);
    },
  });
  return found;
}

/** The words for each kind of error; patterns are those of yaml 2.9. */
function tell(error: YAMLError, lines: Lines, quoted: readonly Scalar[]): Told {
  const [offset] = error.pos;
  const source = lines.at(offset);
  const line = lines.text.split('\n')[source.line - 1] ?? '';
  const say = (message: string, hint: string, at = source, confuses = true): Told => ({
    source: at,
    message,
    hint,
    confuses,
  });
  if (error.code === 'TAB_AS_INDENT' || /^ *\t/.test(line)) {
    return say(
      TAB,
      'Replace the tab by spaces.',
      { ...source, column: line.indexOf('\t') + 1 },
      false,
    );
  }
  const braces = /(?:^|[:-] +)(\{\{)/.exec(line);
  if (braces && error.code !== 'MULTIPLE_DOCS') {
    const column = braces.index + braces[0].length - 1;
    return say('A value that starts with `{{` is not quoted: YAML reads it as a map.', QUOTE_HINT, {
      ...source,
      column,
    });
  }
  const open = openQuote(offset, lines, quoted, error);
  if (open)
    return say(
      'The quote that opens here is not closed.',
      "Close it at the end of the value; a quote inside a value is doubled '' or escaped \\\".",
      open,
    );
  return tellByCode(error, lines, line, say);
}

type Say = (message: string, hint: string, at?: Source, confuses?: boolean) => Told;

function tellByCode(error: YAMLError, lines: Lines, line: string, say: Say): Told {
  const source = lines.at(error.pos[0]);
  const character = lines.text[error.pos[0]] ?? '';
  const code: string = error.code;
  switch (code) {
    case 'MULTIPLE_DOCS':
      return say(
        'A second YAML document starts here; a file holds one.',
        'Remove the `---`, or move what follows to a file of its own.',
      );
    case 'BAD_SCALAR_START':
      return say(
        `A value cannot start with \`${character}\`.`,
        'Quote the whole value: "...".',
        source,
        false,
      );
    case 'BAD_ALIAS':
      return say(
        'A value cannot start with `*`, the sign of a YAML alias.',
        'Quote it: "*".',
        source,
        false,
      );
    case 'BAD_DQ_ESCAPE':
      return say(
        'A backslash in double quotes starts an escape, and this is none.',
        'Use single quotes, or double the backslash: \'\\d\' or "\\\\d".',
        source,
        false,
      );
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return tellNesting(line, source, say);
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      if (error.message.startsWith('Flow') || error.message.startsWith('Missing ,')) {
        const [name, sign] = error.message.includes('sequence') ? ['list', ']'] : ['map', '}'];
        return say(
          `A ${name} that was opened with a bracket is not closed before this.`,
          `Close it with \`${sign}\`, and put commas between its items.`,
        );
      }
      if (error.message.startsWith('Block scalar'))
        return say(
          'The text of a `|` or `>` block must be indented.',
          'Indent it deeper than its key, with spaces.',
        );
      if (error.message.includes('followed by map values'))
        return say(
          'This is neither a key with a colon nor part of the value above.',
          'Add the missing `: `, or indent it under its key.',
        );
      return say(
        'The indentation of this line fits no line above it.',
        'Start keys of one map, and dashes of one list, in the same column.',
      );
    case 'UNEXPECTED_TOKEN':
      if (/["'].*["'] *\S/.test(line))
        return say(
          'There is text after the closing quote.',
          'Quote the whole value, not only a part of it.',
        );
      return say(
        'This fits neither the list nor the map that it stands in.',
        'Start keys of one map, and dashes of one list, in the same column; write `- ` with a space.',
      );
    default:
      return say(
        `This is not well-formed YAML: ${lowerFirst(error.message)}.`,
        'Check the indentation of this line and the one above it.',
      );
  }
}

function tellNesting(line: string, source: Source, say: Say): Told {
  const rest = line.slice(source.column - 1);
  const colon = rest.search(/:( |$)/);
  if (colon >= 0 && line.slice(0, source.column - 1).trim() !== '') {
    return say(
      'The value holds `: ` and is not quoted: YAML takes its start for a key.',
      'Quote the whole value: "...".',
      { ...source, column: source.column + colon },
    );
  }
  if (line.slice(0, source.column - 1).trim() !== '') {
    return say(
      'The next line is indented below a key that has a value already.',
      'Align it with the keys of its map, or remove the value here.',
    );
  }
  if (rest.startsWith('- '))
    return say(
      'The indentation of this line fits no line above it.',
      'Start the dashes of one list in the same column.',
    );
  return say(
    'This line is no key with a value.',
    'Write `key: value`, with a space after the colon.',
  );
}

/** Where the quote was opened that runs into, or up to, the place of an error. */
function openQuote(
  offset: number,
  lines: Lines,
  quoted: readonly Scalar[],
  error: YAMLError,
): Source | undefined {
  const near = quoted.findLast(({ range }) => range && range[0] <= offset);
  const [start, end] = near?.range ?? [0, 0];
  if (!near) return undefined;
  if (/^Missing closing .quote/.test(error.message)) return lines.at(start);
  const several = lines.text.slice(start, end).includes('\n');
  return several && lines.at(end).line === lines.at(offset).line ? lines.at(start) : undefined;
}

const lowerFirst = (text: string): string =>
  text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
