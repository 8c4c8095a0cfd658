import fc from 'fast-check';
import { aptRepository } from '../../src/modules/packages/apt-repository.ts';
import { deb822Repository } from '../../src/modules/packages/deb822-repository.ts';
import { finished } from '../helpers/finished.ts';
import { lawful } from '../helpers/lawful.ts';

const REPOS = ['deb http://a/debian stable main', 'deb-src http://b x', 'deb http://c  ./'];
const line = fc.constantFrom(...REPOS, ...REPOS.map((one) => `# ${one}`), '# ours', '');
const text = fc.array(line, { maxLength: 4 }).map((rows) => rows.map((row) => `${row}\n`).join(''));
const BASE = '/etc/apt/keyrings/x';

const seen = fc
  .record({
    main: fc.option(text),
    mine: fc.option(text),
    key: fc.constantFrom<'as given' | 'other' | 'missing'>('as given', 'other', 'missing'),
    updates: fc.boolean(),
  })
  .map(({ main, mine, key, updates }) => ({
    state: {
      files: {
        '/etc/apt/sources.list': main,
        '/etc/apt/sources.list.d/mine.list': mine,
        '/etc/apt/sources.list.d/x.sources': mine,
      },
      keys: { [BASE]: key },
    },
    facts: {
      ...{ id: 'debian', codename: 'bookworm', modes: {}, updates, owned: {} },
      keys: { [BASE]: { ending: 'asc', url: 'http://k', trouble: '' } },
    },
  }));

lawful(aptRepository, {
  seen,
  params: fc
    .record({
      repo: fc.constantFrom(...REPOS),
      state: fc.constantFrom('present', 'absent'),
      filename: fc.constant('mine'),
    })
    .map((given) => finished(aptRepository, given)),
});

lawful(deb822Repository, {
  seen,
  params: fc
    .record({
      ...{ name: fc.constant('x'), uris: fc.constantFrom('http://a', 'http://b') },
      suites: fc.constant('stable'),
      state: fc.constantFrom('present', 'present', 'absent'),
      signed_by: fc.constantFrom('http://k', '/usr/share/keyrings/x.gpg', 'a\n\nb'),
    })
    .map((given) => finished(deb822Repository, given)),
});
