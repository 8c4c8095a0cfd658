import type { FromSchema } from 'json-schema-to-ts';
import { isMultiline, pythonRegex } from '../../lib/python-regex.ts';
import { type ParamsSchema, type Problem, Refusal } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from './attributes.ts';
import { EDIT_PARAMS, PRESENCE_PARAMS, type Edit, asBytes } from './edit.ts';
import { type EditModule, editing } from './editing.ts';
import { patternProblems } from './lineinfile.ts';
import { searcher, splitLines } from './lines.ts';
import { editDiff } from './result.ts';

const params = {
  type: 'object',
  description:
    'Sees to it that a block of lines between two marker lines is in a text file, or is not. ' +
    'Several blocks in one file need markers of their own.',
  properties: {
    ...EDIT_PARAMS,
    ...PRESENCE_PARAMS,
    block: {
      type: 'string',
      default: '',
      description: 'The lines. Empty: the block and its markers go.',
      'x-secret': true,
      'x-aliases': ['content'],
    },
    marker: {
      type: 'string',
      default: '# {mark} ANSIBLE MANAGED BLOCK',
      description: 'The lines around the block; {mark} stands for marker_begin and marker_end.',
    },
    marker_begin: {
      type: 'string',
      default: 'BEGIN',
      description: 'What {mark} is above the block.',
    },
    marker_end: { type: 'string', default: 'END', description: 'What {mark} is below the block.' },
    insertafter: {
      type: 'string',
      description:
        'A new block goes behind the last line that matches this; EOF is the end of the file.',
    },
    insertbefore: {
      type: 'string',
      description: 'A new block goes before the last line that matches this; BOF is the beginning.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['path'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of blockinfile, defaults filled in. */
export type BlockinfileParams = FromSchema<typeof params>;

/** A block of lines between markers that is in a file, or is not. */
export const blockinfile: EditModule<BlockinfileParams> = editing(
  {
    name: 'blockinfile',
    params,
    example: `- blockinfile:
    path: /etc/hosts
    marker: "# {mark} cluster nodes"
    block: |
      10.0.0.11 node1
      10.0.0.12 node2
`,
    problems: (given): readonly Problem[] => {
      const map = isMap(given) ? given : {};
      return [
        ...modeProblems(given),
        ...patternProblems(map, ['insertafter', 'insertbefore']),
        ...(map['insertafter'] !== undefined && map['insertbefore'] !== undefined
          ? [
              {
                pointer: '/insertbefore',
                message: 'parameters are mutually exclusive: insertbefore|insertafter',
              },
            ]
          : []),
      ];
    },
  },
  (given) => editOf(given),
  ({ path }, data) => ({ diff: editDiff(path, data['diff']) }),
);

const editOf =
  (given: BlockinfileParams): Edit =>
  (text) => {
    const wants = given.state === 'present';
    if (text === undefined) {
      if (!given.create)
        return new Refusal(`Path ${given.path} does not exist !`, {
          code: 'NOT_ON_HOST',
          hint: 'create: true makes it.',
        });
      if (!wants) return { text: '', msg: `File ${given.path} not present`, gone: true };
    }
    const block = blockOf(given);
    const after = withBlock(text ?? '', block, given);
    const msg =
      after === text
        ? ''
        : text === undefined
          ? 'File created'
          : block.lines.length === 0
            ? 'Block removed'
            : 'Block inserted';
    return { text: after, msg };
  };

interface Block {
  readonly begin: string;
  readonly end: string;
  readonly lines: readonly string[];
}

function blockOf(given: BlockinfileParams): Block {
  const marker = asBytes(given.marker);
  const begin = `${marker.replaceAll('{mark}', () => asBytes(given.marker_begin))}\n`;
  const end = `${marker.replaceAll('{mark}', () => asBytes(given.marker_end))}\n`;
  const text = asBytes(given.block);
  if (given.state === 'absent' || text === '') return { begin, end, lines: [] };
  return {
    begin,
    end,
    lines: [begin, ...splitLines(text.endsWith('\n') ? text : `${text}\n`), end],
  };
}

function withBlock(text: string, block: Block, given: BlockinfileParams): string {
  const lines = splitLines(text);
  const first = lines.findLastIndex((line) => line === block.begin);
  const last = lines.findLastIndex((line) => line === block.end);
  let at: number;
  if (first < 0 || last < 0) at = placeFor(text, lines, given);
  else {
    at = Math.min(first, last);
    lines.splice(at, Math.abs(last - first) + 1);
  }
  const above = lines[at - 1];
  if (above !== undefined && !above.endsWith('\n')) lines[at - 1] = `${above}\n`;
  return lines.toSpliced(at, 0, ...block.lines).join('');
}

/** The line before which a new block goes. */
function placeFor(text: string, lines: readonly string[], given: BlockinfileParams): number {
  const { insertafter, insertbefore } = given;
  if (insertafter === undefined && insertbefore === 'BOF') return 0;
  const pattern = insertafter ?? insertbefore ?? 'EOF';
  if (insertafter === 'EOF' || (insertafter === undefined && insertbefore === undefined))
    return lines.length;
  const found = isMultiline(pattern)
    ? lineOfMatch(text, asBytes(pattern), insertafter !== undefined)
    : lines.findLastIndex((line) => searcher(asBytes(pattern))(line));
  if (found < 0) return lines.length;
  return insertafter === undefined ? found : found + 1;
}

/** The line in which a match over several lines begins or ends. */
function lineOfMatch(text: string, pattern: string, atEnd: boolean): number {
  const match = pythonRegex(pattern, { over: 'bytes' }).exec(text);
  if (!match) return -1;
  const upTo = atEnd ? match.index + match[0].length : match.index;
  return text.slice(0, upTo).split('\n').length - 1;
}
