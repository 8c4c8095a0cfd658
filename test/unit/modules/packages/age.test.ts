import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { age } from '../../../../src/modules/packages/tool.ts';

/** Seconds before now at which each is dated. */
const NEW = 100;
const OLD = 5000;
/** What lists that were never loaded, or know nothing of their sources, are at least. */
const NEVER = 1_000_000;

describe('the age of lists of packages', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-age-'));
    mkdirSync(join(root, 'lists'));
    dated('sources', OLD);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  function dated(name: string, ago: number, made = true): void {
    if (made) writeFileSync(join(root, name), '');
    const at = Date.now() / 1000 - ago;
    utimesSync(join(root, name), at, at);
  }
  const told = (): number =>
    Number(
      execFileSync('sh', [
        '-c',
        age(`${root}/lists`, '*Release', `${root}/sources`, `${root}/stamp`),
      ]),
    );

  it('is that of their folder', () => {
    dated('lists/a_InRelease', OLD);
    dated('lists', NEW, false);
    expect(told()).to.be.within(NEW, NEW + 60);
  });

  it('is as if they never were, when their folder was emptied', () => {
    expect(told()).to.be.greaterThan(NEVER);
  });

  it('is as if they never were, when their folder was emptied since they were loaded', () => {
    dated('stamp', OLD - 10);
    dated('lists', NEW, false);
    expect(told()).to.be.greaterThan(NEVER);
  });

  it('is known of archives that tell nothing of themselves, by the stamp behind the load', () => {
    dated('lists', NEW, false);
    dated('stamp', NEW);
    expect(told()).to.be.within(NEW, NEW + 60);
  });

  it('is as if they never were, when sources are newer', () => {
    dated('lists/a_InRelease', OLD);
    dated('lists', NEW, false);
    dated('stamp', NEW);
    dated('sources', NEW - 50);
    expect(told()).to.be.greaterThan(NEVER);
  });
});
