import { structuredPatch } from 'diff';

/** Edits after which two texts count as rewritten rather than edited: bounds the work. */
const MOST_EDITS = 1500;

/**
 * The difference of two texts as unified diff lines (`@@`, `-`, `+`, ` `) with 3 lines around each change;
 * at most `limit` lines, the last one then says how many were left out.
 */
export function textDiff(from: string, to: string, limit = 400): readonly string[] {
  if (from === to) return [];
  const lines = hunks(from, to);
  if (lines.length <= limit) return lines;
  return [...lines.slice(0, limit), `... ${lines.length - limit} more lines of diff`];
}

function hunks(from: string, to: string): readonly string[] {
  const patch = structuredPatch('', '', from, to, '', '', {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  if (!patch) return rewritten(from, to);
  return patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
}

function rewritten(from: string, to: string): readonly string[] {
  const [had, has] = [linesOf(from), linesOf(to)];
  return [
    `@@ -1,${had.length} +1,${has.length} @@ (rewritten)`,
    ...had.map((line) => `-${line}`),
    ...has.map((line) => `+${line}`),
  ];
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\n$/, '').split('\n');
