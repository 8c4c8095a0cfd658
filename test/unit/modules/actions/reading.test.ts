import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { received } from '../../../../src/cli/received.ts';
import type { ActionModule, ActionResult } from '../../../../src/model/module.ts';
import { fetch } from '../../../../src/modules/actions/fetch.ts';
import { find } from '../../../../src/modules/actions/find.ts';
import { ping } from '../../../../src/modules/actions/ping.ts';
import { script } from '../../../../src/modules/actions/script.ts';
import { slurp } from '../../../../src/modules/actions/slurp.ts';
import { stat } from '../../../../src/modules/actions/stat.ts';
import { tempfile } from '../../../../src/modules/actions/tempfile.ts';
import { waitFor } from '../../../../src/modules/actions/wait-for.ts';

const SHELLS = ['sh', 'bash', 'busybox sh'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell.split(' ')[0] ?? ''}`]).status === 0,
);

/** The script as a host would run it. */
function ran(module: unknown, params: object, shell = 'sh'): ActionResult {
  const one = module as ActionModule<object>;
  const [program = 'sh', ...args] = shell.split(' ');
  const { stdout, stderr, status } = spawnSync(program, [...args, '-s'], {
    input: one.script(params).text,
    maxBuffer: 1e8,
  });
  const takes = one.takes?.(params);
  takes?.(stdout);
  const kept = takes ? Buffer.alloc(0) : stdout;
  return one.parse({ stdout: kept, stderr, exit: status ?? -1 }, params);
}

const STAT = {
  follow: false,
  get_checksum: true,
  checksum_algorithm: 'sha1',
  get_mime: false,
  get_attributes: false,
};
const FOR = {
  host: '127.0.0.1',
  state: 'started',
  delay: 0,
  timeout: 1,
  sleep: 1,
  connect_timeout: 1,
};
const FIND = {
  patterns: [],
  file_type: 'file',
  age_stamp: 'mtime',
  recurse: false,
  hidden: false,
  follow: false,
  get_checksum: false,
  use_regex: false,
};

for (const shell of SHELLS) {
  describe(`looking at a host, by ${shell}`, () => {
    let dir = '';
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'orch-look-'));
      writeFileSync(join(dir, 'a.log'), 'hello\n');
      chmodSync(join(dir, 'a.log'), 0o640);
      writeFileSync(join(dir, "it's \n odd.log"), 'x');
      writeFileSync(join(dir, '.hidden'), 'h');
      mkdirSync(join(dir, 'sub'));
      writeFileSync(join(dir, 'sub/b.txt'), 'needle\n'.repeat(300));
      symlinkSync('a.log', join(dir, 'ln'));
      utimesSync(join(dir, 'a.log'), 1e9, 1e9);
    });
    afterEach(() => rmSync(dir, { recursive: true }));

    it('tells all of a file, a link and of nothing', () => {
      const seen = ran(stat, { ...STAT, path: join(dir, 'a.log') }, shell).data['stat'];
      const real = statSync(join(dir, 'a.log'));
      expect(seen).to.include({
        exists: true,
        isreg: true,
        isdir: false,
        mode: '0640',
        size: 6,
        uid: real.uid,
        inode: real.ino,
        mtime: 1e9,
        checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f',
        rusr: true,
        wgrp: false,
      });
      const link = ran(stat, { ...STAT, path: join(dir, 'ln') }, shell).data['stat'];
      expect(link).to.include({ islnk: true, lnk_target: 'a.log', lnk_source: join(dir, 'a.log') });
      const end = ran(stat, { ...STAT, path: join(dir, 'ln'), follow: true }, shell).data['stat'];
      expect(end).to.include({ islnk: false, isreg: true });
      expect(ran(stat, { ...STAT, path: join(dir, 'no') }, shell).data['stat']).to.deep.equal({
        exists: false,
      });
    });

    it('finds by name, kind, size, age, content and depth', () => {
      const names = (more: object): readonly string[] =>
        (ran(find, { ...FIND, paths: [dir], ...more }, shell).data['files'] as { path: string }[])
          .map(({ path }) => path.slice(dir.length + 1))
          .sort();
      expect(names({})).to.deep.equal(['a.log', "it's \n odd.log"]);
      expect(names({ hidden: true })).to.include('.hidden');
      expect(names({ patterns: ['*.log'], excludes: ['it*'] })).to.deep.equal(['a.log']);
      expect(names({ patterns: ['^a\\.'], use_regex: true })).to.deep.equal(['a.log']);
      expect(names({ recurse: true, patterns: ['*.txt'] })).to.deep.equal(['sub/b.txt']);
      expect(names({ file_type: 'directory' })).to.deep.equal(['sub']);
      expect(names({ file_type: 'link' })).to.deep.equal(['ln']);
      expect(names({ age: '1w' })).to.deep.equal(['a.log']);
      expect(names({ recurse: true, size: '1k' })).to.deep.equal(['sub/b.txt']);
      expect(names({ recurse: true, contains: 'need' })).to.deep.equal(['sub/b.txt']);
      const gone = ran(find, { ...FIND, paths: [join(dir, 'no')] }, shell).data;
      expect(gone).to.include({
        matched: 0,
        msg: 'Not all paths examined, check warnings for details',
      });
    });

    it('reads files, and says why it cannot', () => {
      expect(ran(slurp, { src: join(dir, 'a.log') }, shell).data).to.include({
        content: 'aGVsbG8K',
        encoding: 'base64',
        source: join(dir, 'a.log'),
      });
      expect(ran(slurp, { src: join(dir, 'no') }, shell).failed).to.contain('file not found');
      expect(ran(slurp, { src: dir }, shell).failed).to.contain('source is a directory');
    });

    it('makes files and folders with names of their own', () => {
      const made = (more: object): string =>
        ran(tempfile, { state: 'file', prefix: 'ansible.', suffix: '', path: dir, ...more }, shell)
          .data['path'] as string;
      const path = made({ suffix: '.x' });
      expect(path).to.match(/\/ansible\.[0-9a-f]+\.x$/);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect(statSync(made({ state: 'directory' })).isDirectory()).to.equal(true);
      expect(
        ran(tempfile, { state: 'file', prefix: '', suffix: '', path: '/none' }, shell).failed,
      ).to.contain('no folder');
    });

    it('waits for files', () => {
      const WAIT = FOR;
      expect(ran(waitFor, { ...WAIT, path: join(dir, 'a.log') }, shell).failed).to.equal(undefined);
      expect(
        ran(waitFor, { ...WAIT, path: join(dir, 'a.log'), search_regex: 'hel+o' }, shell).failed,
      ).to.equal(undefined);
      expect(
        ran(waitFor, { ...WAIT, path: join(dir, 'no'), state: 'absent' }, shell).failed,
      ).to.equal(undefined);
      expect(ran(waitFor, { ...WAIT, path: join(dir, 'no') }, shell).failed).to.contain(
        'Timeout when waiting for file',
      );
    });

    it('waits for what a file holds, as a pattern of Python, and tells its groups', () => {
      writeFileSync(join(dir, 'said'), 'one\ngot 42 ready\n');
      const told = (search_regex: string): unknown => {
        const result = ran(waitFor, { ...FOR, path: join(dir, 'said'), search_regex }, shell);
        return result.failed ?? [result.data['match_groups'], result.data['match_groupdict']];
      };
      expect(told('(\\d+) (?P<word>ready)')).to.deep.equal([['42', 'ready'], { word: 'ready' }]);
      expect(told('^got\\s')).to.deep.equal([[], {}]);
      expect(told('(x)?one')).to.deep.equal([[null], {}]);
      expect(told('lost')).to.contain('Timeout when waiting for search string lost in');
    });

    it('runs a script with its arguments and leaves nothing', () => {
      const bytes = Buffer.from('#!/bin/sh\necho "$1-$2"; exit 3\n').toString('base64');
      const result = ran(script, { cmd: 'x.sh one "two three"', bytes }, shell);
      expect(result.data).to.include({ rc: 3, stdout: 'one-two three\n', changed: true });
    });

    it('answers', () =>
      expect(ran(ping, { data: 'pong' }, shell).data).to.include({ ping: 'pong' }));
  });
}

describe('files of a host that come here', () => {
  it('are written once, and compared', () => {
    const dir = mkdtempSync(join(tmpdir(), 'orch-fetch-'));
    writeFileSync(join(dir, 'src'), 'data\n');
    const params = {
      src: join(dir, 'src'),
      dest: dir,
      flat: false,
      fail_on_missing: true,
      validate_checksum: true,
      to: join(dir, 'dest'),
    };
    const fetched = (more: object = {}): ActionResult => {
      const incoming = received(params.to, (_, action) => action());
      return ran(fetch, { ...params, ...more, incoming });
    };
    expect(fetched().changed).to.equal(true);
    expect(readFileSync(join(dir, 'dest'), 'utf8')).to.equal('data\n');
    const known = '6f3c5b8e1f';
    expect(fetched({ known }).changed).to.equal(true);
    const { checksum } = fetched().data;
    expect(fetched({ known: checksum }).changed).to.equal(false);
    expect(fetched({ src: '/none' }).failed).to.contain('does not exist');
    expect(fetched({ src: '/none', fail_on_missing: false }).failed).to.equal(undefined);
    expect(readdirSync(dir).sort()).to.deep.equal(['dest', 'src']);
    rmSync(dir, { recursive: true });
  });
});
