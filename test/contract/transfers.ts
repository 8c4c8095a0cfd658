import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import type { OrchError } from '../../src/lib/errors.ts';
import { raw } from '../../src/lib/shell.ts';
import type { Identity, Input, Session, Upload } from '../../src/model/transport.ts';

const nobody: Identity = { become: { method: 'sudo', user: 'nobody' } };

const of = (...chunks: readonly (Buffer | string)[]): Input => {
  const bytes = chunks.map((chunk) => Buffer.from(chunk));
  return { size: Buffer.concat(bytes).length, open: () => bytes };
};

/** `count` chunks of 64 KiB, made as they are asked for. */
const many = (count: number, between?: (i: number) => Promise<void> | void): Input => ({
  size: count * 65_536,
  open: async function* () {
    for (let i = 0; i < count; i++) {
      await between?.(i);
      yield Buffer.alloc(65_536, i);
    }
  },
});

async function failure(work: Promise<unknown>): Promise<OrchError> {
  try {
    await work;
  } catch (error) {
    return error as OrchError;
  }
  throw new Error('it did not fail');
}

/** What every transport promises about files. */
export function transfers(session: () => Session): void {
  describe('files', () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'orch-files-'));
      chmodSync(dir, 0o777);
    });
    afterEach(() => rmSync(dir, { recursive: true, force: true }));

    const put = (file: Upload, identity: Identity = {}) => session().upload(file, identity);
    async function get(path: string, identity: Identity = {}): Promise<Buffer> {
      const chunks: Buffer[] = [];
      await session().download(path, (chunk) => void chunks.push(chunk), identity);
      return Buffer.concat(chunks);
    }
    const still = async (): Promise<void> => {
      const [reply] = await session().trip([{ script: raw('echo on') }], {});
      expect(reply!.stdout.toString()).to.equal('on\n');
    };

    for (const name of [
      'plain',
      'two words',
      `it's "quoted" $HOME \`id\` \\`,
      'line\nbreak',
      'grüße-日本-🙂',
      '-rf',
      '*',
      '~',
      'x'.repeat(255),
    ]) {
      it(`go there and back under the name ${JSON.stringify(name).slice(0, 40)}`, async () => {
        const bytes = Buffer.from('a\0b\xff\n\x1e', 'latin1');
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        expect(await put({ path: join(dir, name), ...of(bytes) })).to.deep.equal({
          bytes: bytes.length,
          sha256,
        });
        expect(readdirSync(dir)).to.deep.equal([name]);
        expect(await get(join(dir, name))).to.deep.equal(bytes);
      });
    }

    it('may be empty', async () => {
      await put({ path: join(dir, 'empty'), ...of() });
      expect(await get(join(dir, 'empty'))).to.deep.equal(Buffer.alloc(0));
    });

    it('have their mode and owner before they are seen', async () => {
      const path = join(dir, 'secret');
      await put({ path, mode: '0640', owner: 'nobody', ...of('x') });
      expect(statSync(path).mode & 0o7777).to.equal(0o640);
      expect(statSync(path).uid).to.equal(65_534);
      const { script } = (await import('../../src/lib/upload.ts')).uploadPart({ path, ...of('x') });
      const at = (text: string): number => script.text.indexOf(text);
      expect(at('chmod')).to.be.above(at('chown')).and.below(at('mv -f'));
    });

    it('keep mode and owner of what they replace, else what umask leaves', async () => {
      const path = join(dir, 'old');
      writeFileSync(path, 'old');
      chmodSync(path, 0o604);
      chownSync(path, 65_534, 65_534);
      await put({ path, ...of('new') });
      const { mode, uid, gid } = statSync(path);
      expect([mode & 0o7777, uid, gid, readFileSync(path, 'utf8')]).to.deep.equal([
        0o604,
        65_534,
        65_534,
        'new',
      ]);
      await put({ path: join(dir, 'fresh'), ...of('new') });
      expect(statSync(join(dir, 'fresh')).mode & 0o7777).to.equal(
        0o666 & ~parseInt(execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' }), 8),
      );
    });

    it('are written and read as the identity that was asked for', async () => {
      const path = join(dir, 'his');
      await put({ path, ...of('x') }, nobody);
      expect(statSync(path).uid).to.equal(65_534);
      const own = join(dir, 'mine');
      writeFileSync(own, 'x', { mode: 0o600 });
      const error = await failure(get(own, nobody));
      expect([
        error.code,
        /could not be read: .*Permission denied/i.test(error.message),
      ]).to.deep.equal(['TRANSFER_FAILED', true]);
      await still();
    });

    it('do not go through a link that somebody planted', async () => {
      const outside = join(dir, 'outside');
      writeFileSync(outside, 'untouched');
      symlinkSync(outside, join(dir, 'link'));
      await put({ path: join(dir, 'link'), ...of('new') });
      expect([
        readFileSync(outside, 'utf8'),
        readFileSync(join(dir, 'link'), 'utf8'),
      ]).to.deep.equal(['untouched', 'new']);
    });

    for (const [what, path, says] of [
      [
        'a folder that is not there',
        'no/such',
        /could not be written: .*(nonexistent|No such file|not found)/i,
      ],
      ['a name that is a folder', 'folder', /it is a directory/],
      ['a file for a folder', 'file/x', /could not be written/],
    ] as const) {
      it(`say what is wrong with ${what}, and leave nothing`, async () => {
        mkdirSync(join(dir, 'folder'));
        writeFileSync(join(dir, 'file'), 'old');
        const error = await failure(put({ path: join(dir, path), ...many(20) }));
        expect([error.code, error.message]).to.deep.equal(['TRANSFER_FAILED', error.message]);
        expect(error.message).to.match(says).and.include(path);
        expect(readdirSync(dir).sort()).to.deep.equal(['file', 'folder']);
        expect(readdirSync(join(dir, 'folder'))).to.deep.equal([]);
        await still();
      });
    }

    it('leave the old file and no litter when the disk is full', async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'orch', dir]);
      try {
        const path = join(dir, 'file');
        writeFileSync(path, 'old');
        const error = await failure(put({ path, ...many(64) }));
        expect(error.message).to.match(
          /No space left on device; what was there before is as it was/,
        );
        expect([readdirSync(dir), readFileSync(path, 'utf8')]).to.deep.equal([['file'], 'old']);
        await still();
      } finally {
        execFileSync('umount', [dir]);
      }
    });

    it('say so when the file system is read-only', async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'orch', dir]);
      try {
        const error = await failure(put({ path: join(dir, 'file'), ...of('x') }));
        expect(error.message).to.match(/Read-only file system/);
      } finally {
        execFileSync('umount', [dir]);
      }
    });

    for (const [what, source] of [
      ['has less than it said', { ...many(4), size: 5 * 65_536 }],
      ['has more than it said', { ...many(4), size: 3 * 65_536 }],
      [
        'fails',
        many(9, (i) => {
          if (i === 5) throw new Error('EIO: the disk here is broken');
        }),
      ],
    ] as const) {
      it(`stay as they were when the source ${what}, and nothing of it is run`, async () => {
        const path = join(dir, 'file');
        writeFileSync(path, 'old');
        const error = await failure(put({ path, ...source }));
        expect(error.code).to.equal('TRANSFER_FAILED');
        await still();
        expect([readdirSync(dir), readFileSync(path, 'utf8')]).to.deep.equal([['file'], 'old']);
      });
    }

    it('stay as they were when the transfer is cut, and nothing of it is run', async () => {
      const path = join(dir, 'file');
      writeFileSync(path, 'old');
      const abort = new AbortController();
      const poison = Buffer.from(`\ntouch ${dir}/poison\n`.repeat(1000));
      const source: Input = {
        size: poison.length * 100,
        open: async function* () {
          for (let i = 0; i < 100; i++) {
            if (i === 50) abort.abort();
            if (i > 50) await new Promise((resolve) => setTimeout(resolve, 20));
            yield poison;
          }
        },
      };
      const error = await failure(session().upload({ path, ...source }, {}, abort.signal));
      expect(error.code).to.equal('INTERRUPTED');
      await still();
      expect([readdirSync(dir), readFileSync(path, 'utf8')]).to.deep.equal([['file'], 'old']);
    });

    it('are read no faster than they are taken, and only as long as somebody takes them', async () => {
      const path = join(dir, 'big');
      writeFileSync(path, Buffer.alloc(20_000_000, 7));
      let taken = 0;
      const slow = async (chunk: Buffer): Promise<void> => {
        taken += chunk.length;
        await new Promise((resolve) => setTimeout(resolve, 1));
      };
      expect((await session().download(path, slow, {})).bytes).to.equal(20_000_000);
      expect(taken).to.equal(20_000_000);
      const error = await failure(
        session().download(path, () => Promise.reject(new Error('ENOSPC: no space here')), {}),
      );
      expect([error.code, /no space here/.test(error.message)]).to.deep.equal([
        'TRANSFER_FAILED',
        true,
      ]);
      await still();
    });

    it('pass through constant memory', async () => {
      const path = join(dir, 'big');
      const size = 96 * 1024 * 1024;
      const chunk = Buffer.alloc(65_536, 1);
      const rss = (): number => process.memoryUsage.rss();
      const before = rss();
      let peak = 0;
      const source: Input = {
        size,
        open: function* () {
          for (let i = 0; i < size / chunk.length; i++) {
            if (i % 64 === 0) peak = Math.max(peak, rss());
            yield chunk;
          }
        },
      };
      await put({ path, ...source });
      await session().download(path, () => void (peak = Math.max(peak, rss())), {});
      expect(peak - before).to.be.below(48 * 1024 * 1024);
    }).timeout(60_000);

    it('are the input of any part: it need not read it, and neighbours do not see it', async () => {
      const replies = await session().trip(
        [
          { script: raw('echo a') },
          { script: raw('head -c 3'), input: of('abc', `touch ${dir}/poison\n`) },
          { script: raw('exit 4'), input: many(10) },
          { script: raw('cat'), input: of('never'), needs: [2] },
          { script: raw('cat; echo; cat'), input: of('last') },
          { script: raw('cat; echo z') },
        ],
        {},
      );
      expect(replies.map(({ stdout, exit }) => [stdout.toString(), exit])).to.deep.equal([
        ['a\n', 0],
        ['abc', 0],
        ['', 4],
        ['', -1],
        ['last\n', 0],
        ['z\n', 0],
      ]);
      expect(readdirSync(dir)).to.deep.equal([]);
    });

    it('that nobody reads do not outlive the deadline of their part', async () => {
      const replies = await session().trip(
        [
          { script: raw('sleep 100'), deadline: 300, input: many(2000) },
          { script: raw(`touch ${dir}/after`) },
        ],
        {},
      );
      expect(replies.map(({ ended }) => ended)).to.deep.equal(['deadline', 'skipped']);
      await still();
      expect(readdirSync(dir)).to.deep.equal([]);
    });

    it('output is heard as it comes, and kept all the same', async () => {
      const heard: string[] = [];
      const [reply] = await session().trip(
        [
          {
            script: raw('echo one; sleep 0.2; echo two >&2'),
            tap: (stream, chunk) => void heard.push(`${stream} ${chunk.toString().trim()}`),
          },
        ],
        {},
      );
      expect(heard).to.deep.equal(['stdout one', 'stderr two']);
      expect(reply!.stdout.toString() + reply!.stderr.toString()).to.equal('one\ntwo\n');
    });
  });
}
