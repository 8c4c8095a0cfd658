import fc from 'fast-check';
import { contentOf } from '../../src/modules/file/content.ts';
import { blockinfile } from '../../src/modules/file/blockinfile.ts';
import { copy } from '../../src/modules/file/copy.ts';
import { fileModule } from '../../src/modules/file/file-module.ts';
import { iniFile } from '../../src/modules/file/ini-file.ts';
import { lineinfile } from '../../src/modules/file/lineinfile.ts';
import { pamLimits } from '../../src/modules/file/pam-limits.ts';
import { replace } from '../../src/modules/file/replace.ts';
import type { Entry, FileFacts, FileState } from '../../src/modules/file/state.ts';
import { template } from '../../src/modules/file/template.ts';
import { yumRepository } from '../../src/modules/file/yum-repository.ts';
import type { Seen } from '../../src/model/module.ts';
import { lawful } from '../helpers/lawful.ts';

const PATH = '/etc/app';

const text = fc
  .array(fc.constantFrom('a=1', 'b=2', '# c', 'x y', '', 'grüße', "it's"), { maxLength: 6 })
  .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
const mode = fc.constantFrom('0644', '0600', '0755', '4711');
const owner = fc.constantFrom('root', 'deploy');
const attributes = { mode, owner, group: owner };

const regular = fc.record({ kind: fc.constant('file' as const), content: text, ...attributes });
const folder = fc.record({ kind: fc.constant('directory' as const), ...attributes });
const absent = fc.constant<Entry>({ kind: 'absent', content: '' });
const link = fc.record({
  kind: fc.constant('link' as const),
  target: fc.constant('/srv/app'),
  owner,
  group: owner,
  leads: fc.oneof(regular, absent),
});

const HEX = { file: '81a4', directory: '41ed', link: 'a1ff', absent: '', other: '' } as const;

/** What `stat` would have said of an entry. */
const rawOf = (entry: Entry): FileFacts['raw'][string] => {
  const { owner: user = 'root', group = 'root' } = entry as { owner?: string; group?: string };
  return {
    stat: [HEX[entry.kind], '5', user === 'root' ? '0' : '1000', '0', '1', '77', '1', '100', '100'],
    owner: user,
    group,
    ...(entry.kind === 'link' ? { target: entry.target, real: '/srv/app' } : {}),
    ...(entry.kind === 'link' && entry.leads?.kind === 'file' ? { end: rawOf(entry.leads) } : {}),
  };
};

const seenOf = (entry: Entry): Seen<FileState, FileFacts> => ({
  state: { [PATH]: entry },
  facts: {
    raw: entry.kind === 'absent' ? {} : { [PATH]: rawOf(entry) },
    missing: entry.kind === 'absent' ? { [PATH]: 0 } : {},
    umask: 0o22,
    home: '/root',
    self: ['0', 'root', '0', 'root'],
    stamp: '7.2026-01-01@00:00:00~',
  },
});
const seen = fc.oneof(regular, regular, absent, link, folder).map(seenOf);

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
/** Without the keys that are undefined: arguments that were not given are not there. */
const given = <T extends object>(shape: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  shape.map(
    (one) => Object.fromEntries(Object.entries(one).filter(([, v]) => v !== undefined)) as T,
  );

const wish = {
  mode: optional(fc.oneof(mode, fc.constantFrom('u+x', 'u=rwX,go=', 384))),
  owner: optional(fc.oneof(owner, fc.constantFrom(0, '1000'))),
  group: optional(owner),
  unsafe_writes: fc.constant(false),
};
const edit = {
  path: fc.constant(PATH),
  backup: fc.boolean(),
  validate: optional(fc.constant('true %s')),
  ...wish,
};
const line = fc.constantFrom('a=1', 'a=2', 'new line', "o'ne $x");
const where = fc.constantFrom('^a', '^b', 'EOF', 'nothing');

lawful(lineinfile, {
  seen,
  params: given(
    fc.record({
      ...edit,
      state: fc.constantFrom('present', 'present', 'absent'),
      line,
      insertafter: optional(where),
      backrefs: fc.constant(false),
      firstmatch: fc.boolean(),
      create: fc.boolean(),
      // A line that its own pattern does not match takes the place of the next match in every run.
      found: fc.boolean(),
    }),
  ).map(({ found, ...one }) =>
    found ? { ...one, regexp: '^a=', line: one.line.startsWith('a=') ? one.line : 'a=3' } : one,
  ) as never,
});

lawful(blockinfile, {
  seen,
  params: given(
    fc.record({
      ...edit,
      state: fc.constantFrom('present', 'present', 'absent'),
      block: fc.constantFrom('', 'one', 'one\ntwo\n'),
      marker: fc.constant('# {mark} block'),
      marker_begin: fc.constant('BEGIN'),
      marker_end: fc.constant('END'),
      insertbefore: optional(fc.constantFrom('BOF', '^b')),
      create: fc.boolean(),
    }),
  ) as never,
});

lawful(replace, {
  seen,
  params: given(
    fc.record({
      ...edit,
      regexp: fc.constantFrom('^a=.*$', 'b', '\\s+$'),
      replace: fc.constantFrom('', 'A'),
      after: optional(fc.constant('a')),
      encoding: fc.constant('utf-8'),
    }),
  ) as never,
});

lawful(iniFile, {
  seen,
  params: given(
    fc.record({
      ...edit,
      section: optional(fc.constantFrom('a', 'b c')),
      option: optional(fc.constantFrom('a', 'b')),
      values: fc.constantFrom([], ['1'], ['2', '1']),
      state: fc.constantFrom('present', 'present', 'absent'),
      ...{ exclusive: fc.boolean(), no_extra_spaces: fc.boolean(), create: fc.boolean() },
      allow_no_value: fc.boolean(),
    }),
  ) as never,
});

lawful(pamLimits, {
  seen,
  params: given(
    fc.record({
      ...{ domain: fc.constantFrom('*', 'joe'), limit_type: fc.constantFrom('soft', '-') },
      ...{ limit_item: fc.constant('nofile'), value: fc.constantFrom('1', '99', 'unlimited') },
      ...{ use_max: fc.boolean(), use_min: fc.constant(false), comment: fc.constantFrom('', 'x') },
      ...{ dest: fc.constant(PATH), backup: fc.boolean() },
    }),
  ),
});

lawful(yumRepository, {
  seen: seen.map((one) => ({
    state: { '/etc/yum.repos.d/app.repo': one.state[PATH] ?? { kind: 'absent' as const } },
    facts: one.facts,
  })),
  params: given(
    fc.record({
      ...{ name: fc.constant('app'), description: fc.constant('App') },
      baseurl: fc.constantFrom(['http://a'], ['http://a', 'http://b']),
      enabled: optional(fc.boolean()),
      reposdir: fc.constant('/etc/yum.repos.d'),
      state: fc.constantFrom('present', 'present', 'absent'),
    }),
  ) as never,
});

const source = text.map((content) => ({
  name: 'app',
  content: contentOf(Buffer.from(content)),
  mode: '0640',
  sha1: 'x',
}));
const put = {
  dest: fc.constant(PATH),
  backup: fc.boolean(),
  force: fc.boolean(),
  follow: fc.boolean(),
  source,
  ...wish,
};

lawful(copy, {
  seen,
  params: given(
    fc.record({
      ...put,
      content: fc.constant('text'),
      remote_src: fc.constant(false),
      local_follow: fc.constant(true),
      decrypt: fc.constant(true),
    }),
  ) as never,
});

lawful(template, {
  seen,
  params: given(
    fc.record({
      ...put,
      src: fc.constant('app.j2'),
      trim_blocks: fc.constant(true),
      lstrip_blocks: fc.constant(false),
      newline_sequence: fc.constant('\n'),
      output_encoding: fc.constant('utf-8'),
    }),
  ) as never,
});

lawful(fileModule, {
  seen,
  params: given(
    fc.record({
      path: fc.constant(PATH),
      state: optional(fc.constantFrom('absent', 'directory', 'file', 'link', 'touch')),
      src: fc.constant(undefined),
      recurse: fc.constant(false),
      force: fc.boolean(),
      follow: fc.boolean(),
      modification_time_format: fc.constant('%Y%m%d%H%M.%S'),
      access_time_format: fc.constant('%Y%m%d%H%M.%S'),
      modification_time: optional(fc.constantFrom('preserve', 'now', '202001020304.05')),
      ...wish,
    }),
  ) as never,
});
