import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeFiles } from '../../../src/load/node-files.ts';
import { rendered } from '../../helpers/rendered.ts';

describe('nodeFiles', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-files-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  it('reads text and drops a byte order mark', () => {
    const file = join(dir, 'bom.yml');
    writeFileSync(file, '\u{feff}a: ä\n');
    expect(nodeFiles.read(file)).to.equal('a: ä\n');
  });

  it('points at the first byte that is not UTF-8', () => {
    const file = join(dir, 'latin1.yml');
    writeFileSync(file, Buffer.from('a: 1\nb: "Z\xfcrich"\n', 'latin1'));
    expect(rendered(() => nodeFiles.read(file), {})).to.equal(
      `error[FILE_UNREADABLE]: ${file} is not UTF-8 text.\n  --> ${file}:2:6\n  hint: Convert it: iconv -f latin1 -t utf-8 ${file}`,
    );
  });

  it('names a file that is not there, and a directory', () => {
    expect(rendered(() => nodeFiles.read(join(dir, 'none')), {})).to.contain('FILE_NOT_FOUND');
    expect(rendered(() => nodeFiles.read(dir), {})).to.contain(
      'cannot be read: it is a directory.',
    );
  });

  it('says why a file cannot be read', () => {
    const [link, far] = [join(dir, 'link'), join(dir, 'x'.repeat(300))];
    symlinkSync('link', link);
    expect(rendered(() => nodeFiles.read(link), {})).to.contain('go round in a circle');
    expect(rendered(() => nodeFiles.read(far), {})).to.contain('the name is too long');
  });

  it('looks below a file, and at a link that goes round in a circle', () => {
    writeFileSync(join(dir, 'a.yml'), '');
    symlinkSync('round', join(dir, 'round'));
    expect([join(dir, 'a.yml/group_vars'), join(dir, 'round')].map(nodeFiles.exists)).to.deep.equal(
      [undefined, 'file'],
    );
  });

  it('tells files from directories', () => {
    expect([dir, join(dir, 'bom.yml'), join(dir, 'none')].map(nodeFiles.exists)).to.deep.equal([
      'directory',
      'file',
      undefined,
    ]);
  });
});
