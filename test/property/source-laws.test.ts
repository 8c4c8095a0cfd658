import fc from 'fast-check';
import { alternatives } from '../../src/modules/alternatives/alternatives.ts';
import { git } from '../../src/modules/git/git.ts';
import { localeGen } from '../../src/modules/locale/locale-gen.ts';
import { rpmKey } from '../../src/modules/packages/rpm-key.ts';
import { seboolean } from '../../src/modules/selinux/seboolean.ts';
import { selinux } from '../../src/modules/selinux/selinux.ts';
import { finished } from '../helpers/finished.ts';
import { lawful } from '../helpers/lawful.ts';

const given = fc
  .record({
    ...{ repo: fc.constantFrom('/srv/r', 'git@h:r'), dest: fc.constant('/srv/a') },
    ...{ version: fc.constantFrom('HEAD', 'main'), update: fc.boolean(), clone: fc.boolean() },
    ...{ force: fc.boolean(), key_file: fc.constantFrom('/root/.ssh/id', '~/.ssh/id') },
  })
  .map((one) => finished(git, one));
const sha = fc.constantFrom('a'.repeat(40), 'b'.repeat(40));

lawful(git, {
  params: given,
  seen: fc
    .record({
      commit: fc.option(sha),
      modified: fc.boolean(),
      target: fc.option(sha, { freq: 5 }),
      kind: fc.constantFrom<'head' | 'branch' | 'tag' | 'commit'>(
        'head',
        'branch',
        'tag',
        'commit',
      ),
      occupied: fc.constantFrom(false, false, false, true),
      scope: given.map((one) => git.scope(one)),
    })
    .map(({ commit, modified, target, kind, occupied, scope }) => ({
      state: { commit, url: commit && '/srv/r', modified: commit !== null && modified },
      facts: { ...{ dest: '/srv/a', occupied, target, kind, trouble: '', scope } },
    })),
});

lawful(selinux, {
  params: fc
    .record({
      state: fc.constantFrom('enforcing', 'permissive', 'disabled'),
      policy: fc.constant('targeted'),
    })
    .map((one) => finished(selinux, one)),
  seen: fc.record({
    state: fc.record({
      runtime: fc.constantFrom<'enforcing' | 'permissive' | 'disabled'>(
        'enforcing',
        'permissive',
        'disabled',
      ),
      config: fc.option(
        fc.constantFrom(
          'SELINUX=enforcing\nSELINUXTYPE=targeted\n',
          '# nothing',
          'SELINUX=disabled',
        ),
        { freq: 5 },
      ),
    }),
    facts: fc.constant({ file: '/etc/selinux/config' }),
  }),
});

const some = fc.option(fc.boolean());
lawful(seboolean, {
  params: fc
    .record({ name: fc.constant('a'), state: fc.boolean(), persistent: fc.boolean() })
    .map((one) => finished(seboolean, one)),
  seen: fc
    .record({ runtime: some, kept: some, on: fc.constantFrom(true, true, false) })
    .map(({ runtime, kept, on }) => ({
      state: { runtime: { a: runtime }, kept: { a: kept } },
      facts: { on },
    })),
});

const KEY = 'https://example.com/key';
const key = fc
  .record({ key: fc.constant(KEY), state: fc.constantFrom('present', 'absent') })
  .map((one) => finished(rpmKey, one));
lawful(rpmKey, {
  params: key,
  seen: fc
    .record({ have: fc.boolean(), ids: fc.constantFrom(['12345678'], ['12345678'], []) })
    .map(({ have, ids }) => ({
      state: { keys: { [KEY]: have } },
      facts: {
        ...{ ids: { [KEY]: ids }, fingerprints: {}, trouble: {} },
        asked: [{ key: KEY, insecure: false, fingerprints: false }],
      },
    })),
});

const choices = fc.subarray([
  ['/bin/ed', -100],
  ['/bin/nano', 40],
] as const);
lawful(alternatives, {
  params: fc
    .record({
      ...{ name: fc.constant('editor'), path: fc.constantFrom('/bin/ed', '/bin/vi') },
      ...{ link: fc.constant('/usr/bin/editor'), priority: fc.constantFrom(50, 60) },
      state: fc.constantFrom('present', 'selected', 'absent', 'auto'),
    })
    .map((one) => finished(alternatives, one)),
  seen: fc.record({ choices, auto: fc.boolean() }).map((one) => ({
    state: {
      value: one.choices.at(-1)?.[0] ?? null,
      auto: one.auto && one.choices.length > 0,
      choices: Object.fromEntries(one.choices),
    },
    facts: { name: 'editor', link: '/usr/bin/editor' },
  })),
});

lawful(localeGen, {
  params: fc
    .record({
      name: fc.constantFrom('de_DE.UTF-8', 'xx_XX'),
      state: fc.constantFrom('present', 'absent'),
    })
    .map((one) => finished(localeGen, one)),
  seen: fc
    .record({
      made: fc.boolean(),
      text: fc.constantFrom('# de_DE.UTF-8 UTF-8\n', 'de_DE.UTF-8 UTF-8\n# de_DE.UTF-8 UTF-8\n'),
    })
    .map(({ made, text }) => ({ state: { text, made: { 'de_DE.UTF-8': made } }, facts: null })),
});
