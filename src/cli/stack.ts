import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A stack of the built program with the files, lines and names of its source. The program is one file with short names;
 * its map lies beside it. As it is where there is none.
 */
export function readableStack(stack: string): string {
  const file = /\(?(\/[^():]*\/program-[0-9a-f]+\.cjs):\d+:\d+/.exec(stack)?.[1];
  if (file === undefined) return stack;
  try {
    const { SourceMap } = process.getBuiltinModule('node:module');
    const map = new SourceMap(
      JSON.parse(
        readFileSync(join(dirname(file), 'program.cjs.map'), 'utf8'),
      ) as ConstructorParameters<typeof SourceMap>[0],
    );
    return stack
      .split('\n')
      .map((line) =>
        line.replace(
          /(?:(\S+) \()?\/[^():]*\/program-[0-9a-f]+\.cjs:(\d+):(\d+)\)?/,
          (all, name, row, column) => {
            const found = map.findEntry(Number(row) - 1, Number(column) - 1);
            if (!('originalSource' in found)) return String(all);
            const place = `${found.originalSource.replace(/^(\.\.\/)+/, '')}:${found.originalLine + 1}:${found.originalColumn + 1}`;
            return name === undefined ? place : `${String(name)} (${place})`;
          },
        ),
      )
      .join('\n');
  } catch {
    return stack;
  }
}
