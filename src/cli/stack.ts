import { readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { dirname, join } from 'node:path';

const IN_PROGRAM = /(?:\S+ \()?(\/[^():]*\/program-[0-9a-f]+\.cjs):(\d+):(\d+)\)?/;

/**
 * A stack of the built program with the files and lines of its source. The program is one file whose functions have
 * names of a letter, which are left out; its map lies beside it. As it is where there is none.
 */
export function readableStack(stack: string): string {
  const file = IN_PROGRAM.exec(stack)?.[1];
  if (file === undefined) return stack;
  try {
    const map = mapBeside(file);
    return stack.replace(
      new RegExp(IN_PROGRAM, 'g'),
      (all: string, _file: string, line: string, column: string) => {
        const found = map.findEntry(Number(line) - 1, Number(column) - 1);
        if (!('originalSource' in found)) return all;
        const source = found.originalSource.replace(/^(?:\.\.\/)+/, '');
        return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
      },
    );
  } catch {
    return stack;
  }
}

function mapBeside(file: string): SourceMap {
  const text = readFileSync(join(dirname(file), 'program.cjs.map'), 'utf8');
  return new (process.getBuiltinModule('node:module').SourceMap)(JSON.parse(text) as Payload);
}

type Payload = ConstructorParameters<typeof SourceMap>[0];
