import { expect } from 'chai';
import { iniEdited } from '../../../../src/modules/file/ini-edit.ts';
import { iniFile } from '../../../../src/modules/file/ini-file.ts';
import { pamLimits } from '../../../../src/modules/file/pam-limits.ts';
import type { FileFacts, FileState } from '../../../../src/modules/file/state.ts';
import { yumRepository } from '../../../../src/modules/file/yum-repository.ts';
import { finished } from '../../../helpers/finished.ts';
import { wanted } from '../../../helpers/host-shell.ts';

// What Ansible does with the same tasks is in test/fixtures/ansible-modules/ini.yml.

const facts: FileFacts = { umask: 0o22, home: '/root', raw: {}, missing: {} };
const seen = (path: string, content: string): { state: FileState; facts: FileFacts } => ({
  state: { [path]: { kind: 'file', content, mode: '0644', owner: 'root', group: 'root' } },
  facts,
});
const textAt = (state: FileState, path: string): unknown => {
  const entry = state[path];
  return entry?.kind === 'file' ? entry.content : entry?.kind;
};

describe('ini_file', () => {
  it('wants a value for an option, and one kind of values', () => {
    expect(iniFile.problems?.({ path: '/f', option: 'x' })[0]?.message).to.contain('value(s)');
    expect(iniFile.problems?.({ path: '/f', option: 'x', state: 'absent' })).to.deep.equal([]);
    expect(iniFile.problems?.({ path: '/f', value: 'a', values: [] })[0]?.pointer).to.equal(
      '/values',
    );
  });

  it('takes names with signs of patterns for what they are', () => {
    const wish = { section: 's', values: ['2'], present: true, exclusive: true };
    const { text } = iniEdited('[s]\na.b = 1\naxb = 1\n', {
      ...wish,
      ...{ option: 'a.b', spaces: true, bare: false },
    });
    expect(text).to.equal('[s]\na.b = 2\naxb = 1\n');
  });

  it('leaves a file with a byte order mark alone where nothing changes', () => {
    const before = '\uFEFF[s]\nx = 1\n';
    const wish = { section: 's', option: 'x', present: true, exclusive: true };
    const edit = (value: string): string =>
      iniEdited(before, { ...wish, values: [value], spaces: true, bare: false }).text;
    expect(edit('1')).to.equal(before);
    expect(edit('2')).to.equal('[s]\nx = 2\n');
  });
});

describe('yum_repository', () => {
  const path = '/etc/yum.repos.d/all.repo';
  const text =
    '# ours\n[a]\nName=A\nbaseurl = http://a/1\n  http://a/2\nenabled=1\n\n[b]\nname = B\n';
  const given = (more: object) =>
    finished(yumRepository, { name: 'a', file: 'all', description: 'A', ...more });

  it('leaves a section that says the same in other words, and other sections', () => {
    const now = seen(path, text);
    const same = given({ baseurl: ['http://a/1', 'http://a/2'], enabled: true });
    expect(wanted(yumRepository, now, same)).to.equal(now.state);
    const other = wanted(yumRepository, now, given({ baseurl: 'http://c', gpgcheck: false }));
    expect(textAt(other, path)).to.equal(
      '# ours\n[a]\nbaseurl = http://c\ngpgcheck = 0\nname = A\n\n[b]\nname = B\n',
    );
  });

  it('takes the file away with its last section', () => {
    const now = seen(path, '[a]\nname = A\n');
    expect(textAt(wanted(yumRepository, now, given({ state: 'absent' })), path)).to.equal('absent');
  });

  it('needs to know where the packages are', () => {
    expect(yumRepository.problems?.({ name: 'a' })).to.have.length(2);
    expect(yumRepository.problems?.({ name: 'a', state: 'absent' })).to.deep.equal([]);
  });
});

describe('pam_limits', () => {
  const path = '/etc/security/limits.conf';
  const limit = (value: string, more: object = {}) =>
    finished(pamLimits, { domain: '*', limit_type: 'soft', limit_item: 'nofile', value, ...more });

  it('takes the larger or the smaller where it is told to', () => {
    const now = seen(path, '* soft nofile 100\n');
    const text = (value: string, more: object): unknown =>
      textAt(wanted(pamLimits, now, limit(value, more)), path);
    expect(text('50', { use_max: true })).to.equal('* soft nofile 100\n');
    expect(text('unlimited', { use_max: true })).to.equal('*\tsoft\tnofile\tunlimited\n');
    expect(text('unlimited', { use_min: true })).to.equal('* soft nofile 100\n');
    expect(text('50', {})).to.equal('*\tsoft\tnofile\t50\n');
  });

  it('refuses what is no limit', () => {
    expect(pamLimits.problems?.({ limit_item: 'nice', value: '50' })[0]?.pointer).to.equal(
      '/value',
    );
    expect(pamLimits.problems?.({ limit_item: 'nofile', value: '-5' })).to.have.length(1);
    expect(pamLimits.problems?.({ use_max: true, use_min: true })).to.have.length(1);
  });
});
