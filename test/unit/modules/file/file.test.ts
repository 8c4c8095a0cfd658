import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { applyScript, readApplied } from '../../../../src/engine/script.ts';
import { Refusal, type Seen, type StateModule } from '../../../../src/model/module.ts';
import { Secret } from '../../../../src/model/value.ts';
import { blockinfile } from '../../../../src/modules/file/blockinfile.ts';
import { contentOf, sealed } from '../../../../src/modules/file/content.ts';
import { copy } from '../../../../src/modules/file/copy.ts';
import { fileModule } from '../../../../src/modules/file/file-module.ts';
import { lineinfile } from '../../../../src/modules/file/lineinfile.ts';
import { modeOf } from '../../../../src/modules/file/mode.ts';
import { replace } from '../../../../src/modules/file/replace.ts';
import { file } from '../../../../src/modules/file/resource.ts';
import type { FileFacts, FileScope, FileState } from '../../../../src/modules/file/state.ts';
import { template } from '../../../../src/modules/file/template.ts';

type FileSeen = Seen<FileState, FileFacts>;
type FileModule = StateModule<never, FileScope, FileState, FileFacts>;

const SHELLS = ['dash', 'bash', 'busybox sh'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell.split(' ')[0] ?? ''}`]).status === 0,
);

function asked(shell: string, scopes: readonly FileScope[], env: NodeJS.ProcessEnv = {}): FileSeen {
  const [program = 'sh', ...args] = shell.split(' ');
  const probe = file.observe(scopes);
  const { stdout, stderr, status } = spawnSync(program, [...args, '-s'], {
    input: probe.script.text,
    env: { ...process.env, ...env },
    maxBuffer: 1e8,
  });
  return probe.parse({ stdout, stderr, exit: status ?? -1 });
}

/** What a module does to the files of this machine, by a shell; the change is proved, then taken back if asked. */
function done(
  shell: string,
  module: unknown,
  params: object,
  { undo = false, env = {} }: { undo?: boolean; env?: NodeJS.ProcessEnv } = {},
): FileSeen {
  const one = module as FileModule;
  const scope = one.scope(params as never);
  const seen = asked(shell, [scope], env);
  const state = one.desired(seen, params as never);
  if (state instanceof Refusal) throw new Error(state.message);
  const plan = file.plan(seen, state);
  if (plan.steps.length === 0) return seen;
  const [program = 'sh', ...args] = shell.split(' ');
  const steps = undo
    ? [...plan.steps, { ...plan.steps[0]!, name: 'a step that fails', do: { text: 'exit 9' } }]
    : plan.steps;
  const { stdout, stderr, status } = spawnSync(program, [...args, '-s'], {
    input: applyScript({ ...plan, steps }).text,
    env: { ...process.env, ...env },
  });
  const applied = readApplied({ stdout, stderr, exit: status ?? -1 }, { ...plan, steps });
  if (applied.kind !== 'done' && !undo) throw new Error(`${applied.kind}: ${stderr.toString()}`);
  if (undo) expect(stdout.toString()).to.not.match(/undo \d+ (none|failed)/);
  return asked(shell, [scope], env);
}

const COPY = {
  backup: false,
  force: true,
  follow: false,
  remote_src: false,
  decrypt: true,
  local_follow: true,
};
const text = (content: string): object => ({
  name: '',
  content: contentOf(Buffer.from(content)),
  mode: '0644',
});

for (const shell of SHELLS) {
  describe(`files of a host, by ${shell}`, () => {
    let dir = '';
    beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'orch-file-'))));
    afterEach(() => rmSync(dir, { recursive: true }));

    it('are written whole, whatever is in them and however they are called', function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
          (bytes, name) => {
            const safe = Buffer.from(name.replace(/[/\0]/g, '-')).toString();
            if (safe === '.' || safe === '..') return;
            const path = join(dir, safe);
            const source = { name: '', content: contentOf(Buffer.from(bytes)), mode: '0644' };
            done(shell, copy, { ...COPY, dest: path, content: 'x', source, mode: '0600' });
            expect(readFileSync(path).equals(Buffer.from(bytes))).to.equal(true);
            expect(statSync(path).mode & 0o7777).to.equal(0o600);
            rmSync(path);
          },
        ),
        { numRuns: 12 },
      );
      expect(readdirSync(dir)).to.deep.equal([]);
    });

    it('are put back when a later step fails: content, mode, links and folders', () => {
      const path = join(dir, 'f');
      writeFileSync(path, 'old\n');
      chmodSync(path, 0o604);
      done(
        shell,
        copy,
        { ...COPY, dest: path, content: 'x', source: text('new\n'), mode: '0600' },
        { undo: true },
      );
      expect(readFileSync(path, 'utf8')).to.equal('old\n');
      expect(statSync(path).mode & 0o7777).to.equal(0o604);
      symlinkSync('f', join(dir, 'ln'));
      done(
        shell,
        copy,
        { ...COPY, dest: join(dir, 'ln'), content: 'x', source: text('n') },
        { undo: true },
      );
      expect(readlinkSync(join(dir, 'ln'))).to.equal('f');
      const FILE = {
        recurse: false,
        force: false,
        follow: true,
        modification_time_format: '%s',
        access_time_format: '%s',
      };
      done(
        shell,
        fileModule,
        { ...FILE, path: join(dir, 'a/b/c'), state: 'directory' },
        { undo: true },
      );
      expect(existsSync(join(dir, 'a'))).to.equal(false);
      done(shell, fileModule, { ...FILE, path, state: 'absent' }, { undo: true });
      expect(readFileSync(path, 'utf8')).to.equal('old\n');
    });

    it('keep a name that is a link, and lose no byte of 300 kB', () => {
      const path = join(dir, 'big');
      const content = `${"a 'quoted' $line\\n é\n".repeat(15_000)}end`;
      done(shell, copy, { ...COPY, dest: path, content: 'x', source: text(content) });
      expect(readFileSync(path, 'utf8')).to.equal(content);
    });

    it('are not written when the check says no, and nothing is left', () => {
      const path = join(dir, 'f');
      writeFileSync(path, 'old\n');
      const params = {
        ...COPY,
        dest: path,
        content: 'x',
        source: text('new\n'),
        validate: 'grep old %s',
      };
      expect(() => done(shell, copy, params)).to.throw('failed to validate: rc:1');
      expect(readFileSync(path, 'utf8')).to.equal('old\n');
      expect(readdirSync(dir)).to.deep.equal(['f']);
    });

    it('are not written when somebody else changed them meanwhile', () => {
      const path = join(dir, 'f');
      writeFileSync(path, 'old\n');
      const params = { ...COPY, dest: path, content: 'x', source: text('new\n') };
      const seen = asked(shell, [copy.scope(params as never)]);
      writeFileSync(path, 'else\n');
      const plan = file.plan(seen, copy.desired(seen, params as never) as FileState);
      const ran = spawnSync('sh', ['-s'], { input: applyScript(plan).text });
      expect(ran.status).to.equal(75);
      expect(readFileSync(path, 'utf8')).to.equal('else\n');
    });

    it('are known by where they really are, when a link, `..` or `~` leads there', () => {
      mkdirSync(join(dir, 'real'));
      symlinkSync('real', join(dir, "li'nk\n"));
      symlinkSync('nowhere', join(dir, 'dangling'));
      const real = realpathSync(dir);
      const names = {
        [`${dir}/real/f`]: undefined,
        [`${dir}/missing/f`]: undefined,
        [`${dir}/li'nk\n/f`]: `${real}/real/f`,
        [`${dir}/li'nk\n/missing/deep/f`]: `${real}/real/missing/deep/f`,
        [`${dir}/missing/../f`]: `${real}/missing/../f`,
        [`${dir}/real/../f`]: `${real}/f`,
        [`${dir}/dangling/f`]: `${real}/dangling/f`,
        '~/real/f': `${real}/real/f`,
      };
      const look = Object.keys(names).map((path) => ({ path }));
      const seen = asked(shell, [{ path: dir, look }], { HOME: dir });
      expect(look.map(({ path }) => seen.facts.aliases?.[path])).to.deep.equal(
        Object.values(names),
      );
      const { reads } = file.footprints({ path: '~/real/f', look: [{ path: '~/real/f' }] }, seen);
      expect(reads).to.deep.equal(['file:~/real/f/.', `file:${real}/real/f/.`]);
    });

    it('change in what a link leads to, when it is edited through the link', () => {
      writeFileSync(join(dir, 'f'), 'a\n');
      symlinkSync('f', join(dir, 'ln'));
      const params = {
        path: join(dir, 'ln'),
        backup: false,
        state: 'present',
        line: 'b',
        backrefs: false,
        firstmatch: false,
        create: false,
      };
      done(shell, lineinfile, params);
      expect(lstatSync(join(dir, 'ln')).isSymbolicLink()).to.equal(true);
      expect(readFileSync(join(dir, 'f'), 'utf8')).to.equal('a\nb\n');
    });
  });
}

describe('files without the tools of GNU', () => {
  it('are seen and written with openssl and busybox alone', function () {
    if (!SHELLS.includes('busybox sh')) this.skip();
    const dir = mkdtempSync(join(tmpdir(), 'orch-file-'));
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    const which = (name: string): string =>
      spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    for (const applet of 'stat readlink id date mv rm chmod chown cp cat mkdir rmdir ln touch find sha256sum'.split(
      ' ',
    ))
      symlinkSync(which('busybox'), join(bin, applet));
    const path = join(dir, 'f');
    const env = { PATH: bin };
    const shell = `${which('busybox')} sh`;
    done(
      shell,
      copy,
      { ...COPY, dest: path, content: 'x', source: text('né\n'), mode: '0640' },
      { env },
    );
    expect(readFileSync(path, 'utf8')).to.equal('né\n');
    expect(statSync(path).mode & 0o777).to.equal(0o640);
    rmSync(dir, { recursive: true });
  });
});

describe('modes', () => {
  const from = (given: string | number, mode = 0o644, directory = false): string | Refusal =>
    modeOf(given, { mode, directory, umask: 0o22 });

  it('are octal, symbolic, or what YAML made of 0644', () => {
    expect(from('0644')).to.equal('0644');
    expect(from('4755')).to.equal('4755');
    expect(from(420)).to.equal('0644');
    expect(from(644)).to.equal('1204');
    expect(from('u=rwX,g=rX,o=')).to.equal('0640');
    expect(from('u=rwX,g=rX,o=', 0o644, true)).to.equal('0750');
    expect(from('+w')).to.equal('0644');
    expect(from('a+w')).to.equal('0666');
    expect(from('u+s,g=u,o-r')).to.equal('4660');
    expect(from('nine')).to.be.instanceOf(Refusal);
  });

  it('are what chmod makes of them', () => {
    const part = fc
      .tuple(
        fc.constantFrom('', 'u', 'g', 'o', 'a', 'ug', 'go'),
        fc.constantFrom('+', '-', '='),
        fc.constantFrom('r', 'w', 'x', 'rw', 'rX', 'X', 'rwx', ''),
      )
      .map((words) => words.join(''));
    const dir = mkdtempSync(join(tmpdir(), 'orch-mode-'));
    const path = join(dir, 'f');
    writeFileSync(path, '');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), part, (mode, symbolic) => {
        chmodSync(path, mode);
        spawnSync('sh', ['-c', 'umask 022; chmod -- "$1" "$2"', 'sh', symbolic, path]);
        // It grumbles where umask took something away; what it did is what counts.
        expect(from(symbolic, mode)).to.equal(
          (statSync(path).mode & 0o7777).toString(8).padStart(4, '0'),
        );
      }),
      { numRuns: 60 },
    );
    rmSync(dir, { recursive: true });
  });
});

describe('arguments of the file modules', () => {
  it('are refused with a reason', () => {
    const first = (
      module: { problems?(given: unknown): readonly { message: string }[] },
      given: object,
    ) => module.problems?.(given)[0]?.message;
    expect(first(lineinfile, { state: 'present', path: '/f' })).to.contain('line is required');
    expect(first(lineinfile, { state: 'absent', path: '/f' })).to.contain('one of line');
    expect(first(lineinfile, { line: 'a', regexp: '(' })).to.contain('regular expression');
    expect(first(lineinfile, { line: 'a', regexp: 'a', search_string: 'b' })).to.contain(
      'exclusive',
    );
    expect(first(blockinfile, { insertafter: 'a', insertbefore: 'b' })).to.contain('exclusive');
    expect(first(replace, { regexp: '[' })).to.contain('never closed');
    expect(first(copy, { dest: '/f' })).to.contain('src (or content)');
    expect(first(copy, { dest: '/f/', content: '' })).to.contain('dir as dest');
    expect(first(template, { mode: 'x' })).to.contain('neither octal nor symbolic');
    expect(first(fileModule, { state: 'file', src: '/x' })).to.contain('src option');
  });

  it('that are secret leave no trace in states and results', () => {
    const secret = 'hunter2-and-more';
    const source = { name: '', content: sealed(secret), mode: '0600', sha1: 'x' };
    const params = { ...COPY, dest: '/f', content: new Secret(secret), source };
    const seen: FileSeen = {
      state: { '/f': { kind: 'absent', content: '' } },
      facts: { raw: {}, missing: { '/f': 0 }, umask: 0o22, home: '' },
    };
    const state = copy.desired(seen, params as never) as FileState;
    expect(JSON.stringify(state)).to.not.contain(secret);
    expect(
      JSON.stringify(copy.result?.(seen.state, { ...seen, state }, params as never)),
    ).to.not.contain(secret);
    expect(file.plan(seen, state).steps[0]?.do.text).to.contain(secret);
    const line = {
      path: '/g',
      state: 'present',
      line: new Secret(secret),
      create: true,
      backup: false,
      backrefs: false,
      firstmatch: false,
    };
    const edited = lineinfile.desired(
      { ...seen, state: { '/g': { kind: 'absent' } } },
      line as never,
    );
    expect(JSON.stringify(edited)).to.not.contain(secret);
  });
});
