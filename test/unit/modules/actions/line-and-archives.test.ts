import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ActionModule, ActionResult } from '../../../../src/model/module.ts';
import { assemble } from '../../../../src/modules/actions/assemble.ts';
import { reboot } from '../../../../src/modules/actions/reboot.ts';
import { unarchive } from '../../../../src/modules/actions/unarchive.ts';
import { waitForConnection } from '../../../../src/modules/actions/wait-for-connection.ts';

/** The script as a host would run it, with what it brings. */
function ran(module: unknown, params: object): ActionResult {
  const one = module as ActionModule<object>;
  const from = one.brings?.(params)?.from;
  const input = from && 'bytes' in from ? from.bytes : '';
  const { stdout, stderr, status } = spawnSync('sh', ['-c', one.script(params).text], { input });
  return one.parse({ stdout, stderr, exit: status ?? -1 }, params);
}

describe('reboot', () => {
  const REBOOT = {
    pre_reboot_delay: 90,
    post_reboot_delay: -1,
    reboot_timeout: 600,
    test_command: 'true',
    msg: "it's time",
    search_paths: ['/nowhere'],
    boot_time_command: 'cat /proc/sys/kernel/random/boot_id',
  };
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-reboot-'));
    for (const name of ['shutdown', 'mine']) {
      writeFileSync(join(dir, name), `#!/bin/sh\nprintf '%s|' ${name} "$@" >${dir}/said\n`);
      chmodSync(join(dir, name), 0o755);
    }
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const said = (more: object): string => {
    const script = reboot.script({ ...REBOOT, search_paths: [dir], ...more });
    spawnSync('sh', ['-c', script.text]);
    return readFileSync(join(dir, 'said'), 'utf8');
  };

  it('calls shutdown with minutes and the message as one word', () => {
    expect(said({})).to.equal("shutdown|-r|1|it's time|");
  });

  it('calls the command it is given, its program looked for, its words as the shell reads them', () => {
    expect(said({ reboot_command: 'mine -f "two words"' })).to.equal('mine|-f|two words|');
    expect(said({ reboot_command: `${dir}/mine now` })).to.equal('mine|now|');
  });

  it('wants another boot id, and never waits less than nothing', () => {
    const work = reboot.line?.(REBOOT);
    expect(work).to.include({ delay: 0, timeout: 600, connectTimeout: undefined });
    expect(work?.proof?.text).to.contain('boot_id');
  });

  it('says so where there is no program to do it', () => {
    const { status, stderr } = spawnSync('sh', ['-c', reboot.script(REBOOT).text]);
    expect(status).to.equal(127);
    expect(String(stderr)).to.contain('search paths');
  });
});

describe('wait_for_connection', () => {
  it('sends nothing before, and proves nothing', () => {
    const work = waitForConnection.line?.({ timeout: 9, delay: 2, sleep: 3, connect_timeout: 4 });
    expect(work).to.include({ timeout: 9, delay: 2, sleep: 3, connectTimeout: 4 });
    expect(work?.proof).to.equal(undefined);
  });
});

describe('assemble and unarchive', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-parts-'));
    mkdirSync(join(dir, 'parts'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const ASSEMBLE = { ignore_hidden: false, remote_src: true, backup: false, decrypt: true };

  it('put bytes that come from here into one file, once', () => {
    const params = { ...ASSEMBLE, src: 'x', dest: join(dir, 'whole'), bytes: Buffer.from('a\0b') };
    expect(ran(assemble, params).changed).to.equal(true);
    expect(ran(assemble, params).changed).to.equal(false);
    expect(readFileSync(join(dir, 'whole'), 'latin1')).to.equal('a\0b');
  });

  it('say what is missing', () => {
    const to = { dest: join(dir, 'whole') };
    expect(ran(assemble, { ...ASSEMBLE, ...to, src: `${dir}/none` }).failed).to.contain(
      'does not exist',
    );
    const archive = { exclude: [], include: [], extra_opts: [], remote_src: true };
    const none = { ...archive, src: `${dir}/none.tgz`, dest: dir };
    expect(ran(unarchive, none).failed).to.contain('does not exist');
    expect(ran(unarchive, { ...none, dest: `${dir}/no` }).failed).to.contain('existing dir');
    writeFileSync(join(dir, 'bad.tgz'), 'no archive');
    expect(ran(unarchive, { ...none, src: join(dir, 'bad.tgz') }).failed).to.contain(
      'Failed to find handler',
    );
  });

  it('do not take include and exclude together', () => {
    const problems = unarchive.problems?.({ src: 'a', dest: 'b', include: ['x'], exclude: ['y'] });
    expect(problems?.map(({ message }) => message)).to.deep.equal([
      'include and exclude are mutually exclusive',
    ]);
  });
});
