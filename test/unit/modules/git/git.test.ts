import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { git, type GitParams } from '../../../../src/modules/git/git.ts';
import { checkout } from '../../../../src/modules/git/resource.ts';
import { finished } from '../../../helpers/finished.ts';
import { onThisHost, refused, stepsOf, wanted } from '../../../helpers/host-shell.ts';

describe('git', () => {
  let root = '';
  let repo = '';
  const run = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=x', '-c', 'user.email=x@y', ...words], {
      encoding: 'utf8',
    }).trim();
  const commit = (text: string): void => {
    writeFileSync(join(repo, 'f'), text);
    run('add', 'f');
    run('commit', '-qm', text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-git-'));
    repo = join(root, "re po's");
    mkdirSync(repo);
    run('init', '-q', '-b', 'main');
    commit('one');
    run('tag', '-a', '-m', 'first', 'v1');
    run('checkout', '-q', '-b', 'dev');
    commit('dev');
    run('checkout', '-q', 'main');
    commit('two');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const given = (more: Record<string, unknown> = {}): GitParams =>
    finished(git, { repo: `file://${repo}`, dest: join(root, 'to here'), ...more });
  const seen = (params: GitParams) => {
    const probe = checkout.observe([git.scope(params)]);
    return probe.parse(onThisHost(probe.script.text));
  };
  const done = (params: GitParams): void => {
    const now = seen(params);
    for (const step of checkout.plan(now, wanted(git, now, params)).steps) {
      const { exit, stderr } = onThisHost(step.do.text);
      expect(exit, stderr.toString()).to.equal(0);
    }
    expect(stepsOfNow(params), 'a second time').to.deep.equal([]);
  };
  const stepsOfNow = (params: GitParams): readonly string[] => {
    const now = seen(params);
    return wanted(git, now, params) === now.state ||
      JSON.stringify(wanted(git, now, params)) === JSON.stringify(now.state)
      ? []
      : stepsOf(git, now, params);
  };
  const text = (): string => readFileSync(join(root, 'to here', 'f'), 'utf8');

  for (const [version, holds] of [
    ['HEAD', 'two'],
    ['dev', 'dev'],
    ['v1', 'one'],
  ] as const) {
    it(`brings ${version}, and what it is later`, () => {
      done(given({ version, depth: 1 }));
      expect(text()).to.equal(holds);
      run('checkout', '-q', version === 'dev' ? 'dev' : 'main');
      commit('later');
      expect(stepsOfNow(given({ version }))).to.have.length(version === 'v1' ? 0 : 1);
      if (version !== 'v1') done(given({ version }));
      expect(text()).to.equal(version === 'v1' ? 'one' : 'later');
    });
  }

  it('brings a commit, and moves from it to a branch', () => {
    done(given({ version: run('rev-parse', 'v1^{commit}') }));
    expect(text()).to.equal('one');
    done(given({ version: 'dev' }));
    expect(text()).to.equal('dev');
  });

  it('leaves a folder at what it has, or away, when told to', () => {
    expect(stepsOfNow(given({ clone: false }))).to.deep.equal([]);
    done(given({ version: 'v1' }));
    expect(stepsOfNow(given({ version: 'dev', update: false }))).to.deep.equal([]);
  });

  it('keeps changes that somebody made unless they are to be thrown away', () => {
    done(given());
    writeFileSync(join(root, 'to here', 'f'), 'mine');
    expect(refused(git, seen(given()), given())).to.contain('Local modifications');
    done(given({ force: true }));
    expect(text()).to.equal('two');
  });

  it('says what is wrong with the repository, the name or the folder', () => {
    const nowhere = given({ repo: join(root, 'none') });
    expect(refused(git, seen(nowhere), nowhere)).to.contain('does not answer');
    const unnamed = given({ version: 'nope' });
    expect(refused(git, seen(unnamed), unnamed)).to.contain('no branch, tag or commit nope');
    const occupied = given({ dest: repo.slice(0, repo.lastIndexOf('/')) });
    expect(refused(git, seen(occupied), occupied)).to.contain('holds no git repository');
  });

  it('takes no option for an address or a version', () => {
    expect(() => given({ repo: '--upload-pack=x' })).to.throw('/repo');
    expect(() => given({ version: '--orphan' })).to.throw('/version');
    expect(git.problems?.({ umask: 'x' })[0]?.pointer).to.equal('/umask');
  });
});
