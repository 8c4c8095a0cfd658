import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const EXPORTED = /^export (?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/;

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => join('src', file));

/** Exported things of a file that no comment stands above. */
const bare = (file: string): string[] => {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, i) => {
    const name = EXPORTED.exec(line)?.[1];
    return name === undefined || lines[i - 1]?.trimEnd().endsWith('*/')
      ? []
      : [`${file}:${i + 1} ${name}`];
  });
};

describe('docstrings', () => {
  it('stand above every exported thing', () => {
    expect(files).to.not.be.empty;
    expect(files.flatMap(bare)).to.deep.equal([]);
  });
});
