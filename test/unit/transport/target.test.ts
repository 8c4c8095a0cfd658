import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import type { OrchError } from '../../../src/lib/errors.ts';
import type { Target } from '../../../src/model/transport.ts';
import { Secret, Unknown, type Value } from '../../../src/model/value.ts';
import { readSshConfig, sshOptionsFor } from '../../../src/transport/ssh-config.ts';
import { becomePassword, type ReachOptions, targetOf } from '../../../src/transport/target.ts';

const at = (vars: Record<string, Value>, more: Partial<ReachOptions> = {}, name = 'web1'): Target =>
  targetOf(name, (variable) => vars[variable], { home: '/home/me', ...more });

const refusal = (vars: Record<string, Value>, name?: string): OrchError => {
  try {
    at(vars, {}, name);
  } catch (error) {
    return error as OrchError;
  }
  throw new Error(`taken: ${JSON.stringify(vars)}`);
};

describe('target', () => {
  it('is the host by its name, by ssh, strictly, when nothing is said', () => {
    expect(at({})).to.deep.equal({
      name: 'web1',
      connection: 'ssh',
      address: 'web1',
      port: 22,
      user: undefined,
      privateKeyFile: undefined,
      password: undefined,
      knownHostsFiles: undefined,
      hostKeyChecking: 'strict',
      connectTimeout: 10_000,
    });
  });

  it('takes what the variables say before the command line, ssh arguments and ssh config', () => {
    const more: Partial<ReachOptions> = {
      user: 'cli',
      privateKeyFile: '~/cli',
      sshCommonArgs: '-o User=args -p 2 -i ~/args -o ConnectTimeout=3',
      sshConfig: () => ({ user: 'config', port: '4', hostName: '10.9.9.9', connectTimeout: '9' }),
    };
    const vars = {
      ansible_host: 'h',
      ansible_user: 'var',
      ansible_port: 2222,
      ansible_ssh_private_key_file: '~/var',
    };
    expect(at(vars, more)).to.include({
      user: 'var',
      port: 2222,
      privateKeyFile: '/home/me/var',
      address: '10.9.9.9',
      connectTimeout: 3000,
    });
    expect(at({}, more)).to.include({ user: 'cli', port: 2, privateKeyFile: '/home/me/cli' });
    expect(at({}, { ...more, user: undefined, privateKeyFile: undefined })).to.include({
      user: 'args',
      privateKeyFile: '/home/me/args',
    });
  });

  it('reads ssh arguments with quotes, and says which it does not honour', () => {
    const heard: string[] = [];
    const target = at(
      {
        ansible_ssh_common_args: `-o StrictHostKeyChecking=accept-new -oUserKnownHostsFile="/a b" -o 'Port 99' -C -o ControlMaster=auto`,
        ansible_ssh_extra_args: '-l bob -o Ciphers=aes128-ctr -R 1:2:3 stray',
      },
      { warn: (text) => heard.push(text) },
    );
    expect(target).to.include({ hostKeyChecking: 'accept-new', port: 99, user: 'bob' });
    expect(target.knownHostsFiles).to.deep.equal(['/a', 'b', '/etc/ssh/ssh_known_hosts']);
    expect(heard).to.deep.equal([
      'web1: not honoured by the built-in ssh: Ciphers=aes128-ctr, -R 1:2:3, stray',
    ]);
  });

  it('has the jump hosts of ProxyJump, and takes the ssh of this machine for a ProxyCommand', () => {
    const { jumps } = at(
      { ansible_ssh_common_args: '-o ProxyJump=me@bastion:2200,inner -o StrictHostKeyChecking=no' },
      { sshConfig: (name) => (name === 'inner' ? { hostName: '10.0.0.9', user: 'in' } : {}) },
    );
    expect(
      jumps!.map(({ name, user, address, port, hostKeyChecking }) => [
        name,
        user,
        address,
        port,
        hostKeyChecking,
      ]),
    ).to.deep.equal([
      ['web1 (jump host bastion)', 'me', 'bastion', 2200, 'off'],
      ['web1 (jump host inner)', 'in', '10.0.0.9', 22, 'off'],
    ]);
    const heard: string[] = [];
    const args = { ansible_ssh_common_args: '-o ProxyCommand="nc %h %p"' };
    const target = at(args, { warn: (text) => heard.push(text) });
    expect(target).to.deep.include({
      connection: 'openssh',
      alias: 'web1',
      sshArgs: ['-o', 'ProxyCommand=nc %h %p'],
    });
    expect(heard).to.deep.equal([
      "web1: reached by the system's ssh, which its configuration needs: ProxyCommand nc %h %p",
    ]);
  });

  it('asks silent hosts as often as ssh is told to, and does not take its 0 for never', () => {
    const alive = (...words: string[]) =>
      at({ ansible_ssh_common_args: words.map((word) => `-o ${word}`).join(' ') }).keepalive;
    expect(alive('ServerAliveInterval=30', 'ServerAliveCountMax=5')).to.deep.equal({
      seconds: 30,
      count: 5,
    });
    expect(alive('ServerAliveInterval=30')).to.deep.equal({ seconds: 30, count: 3 });
    expect(alive('ServerAliveInterval=0')).to.equal(undefined);
    expect(alive('ServerAliveCountMax=9')).to.equal(undefined);
  });

  it('keeps passwords secret', () => {
    expect(at({ ansible_ssh_pass: 'hunter2' }).password?.reveal()).to.equal('hunter2');
    expect(JSON.stringify(at({ ansible_password: new Secret('hunter2') }))).to.not.contain(
      'hunter2',
    );
    expect(
      becomePassword((name) => (name === 'ansible_become_pass' ? 7 : undefined))?.reveal(),
    ).to.equal('7');
  });

  it('knows connections by their Ansible names', () => {
    for (const name of ['ssh', 'smart', 'paramiko', 'ansible.builtin.ssh']) {
      expect(at({ ansible_connection: name }).connection).to.equal('ssh');
    }
    expect(at({ ansible_connection: 'local', ansible_host: '; odd' }).connection).to.equal('local');
    expect(refusal({ ansible_connection: 'winrm' }).message).to.match(/"winrm" is not available/);
  });

  for (const hostile of [
    '-oProxyCommand=touch /tmp/x',
    'a;id',
    '$(id)',
    '`id`',
    'a b',
    'a\nb',
    'a\0b',
    "a'b",
    'a|b',
    'a&b',
    '../x',
    '',
  ]) {
    it(`refuses ${JSON.stringify(hostile)} as a host and as a user`, () => {
      if (hostile !== '') {
        expect(refusal({ ansible_host: hostile }).code).to.equal('INVENTORY_INVALID');
        expect(refusal({}, hostile).code).to.equal('INVENTORY_INVALID');
        expect(
          refusal({ ansible_ssh_common_args: `-o HostName='${hostile.replaceAll("'", '"')}'` })
            .message,
        ).to.not.match(/[\0\n]/);
      }
      if (hostile !== '../x' && hostile !== '')
        expect(refusal({ ansible_user: hostile }).code).to.equal('INVENTORY_INVALID');
      expect(refusal({ ansible_port: `1${hostile}x` }).code).to.equal('INVENTORY_INVALID');
    });
  }

  it('takes IPv6 addresses, with brackets too, and refuses what cannot be foreseen', () => {
    expect(at({ ansible_host: '[fe80::1%eth0]' }).address).to.equal('fe80::1%eth0');
    expect(refusal({ ansible_host: new Unknown('set by a task') }).message).to.match(
      /cannot be foreseen: set by a task/,
    );
    expect(refusal({ ansible_ssh_private_key_file: 'a\0b' }).message).to.match(/key file/);
  });
});

describe('hostile values of an inventory', () => {
  const NASTY = [
    '-oProxyCommand=touch /tmp/x',
    '-F/etc/passwd',
    '--',
    ';id',
    '$(id)',
    '`id`',
    '|id',
    '&id',
    'a b',
    'a\nb',
    'a\r\nb',
    'a\0b',
    'a\u001b[2Jb',
    "a'b",
    'a"b',
    'a\\$b',
    '${IFS}',
    '<(id)',
    '>x',
    '../../x',
    '*',
    '!x',
    '#x',
    'a,b',
    '@-oX',
    '[-x]',
  ];
  const place = (variable: string) => ({ file: 'hosts.yml', line: variable.length, column: 3 });

  for (const [variable, values] of [
    ['ansible_host', NASTY],
    ['ansible_user', NASTY.filter((text) => text !== 'a\\$b')],
    ['ansible_port', ['-1', '0', '65536', '22;id', '$(id)', '2 2', '0x16', '1e3', '22\n']],
    ['ansible_ssh_private_key_file', ['a\nb', 'a\0b', '\u001b]0;x\u0007']],
    ['ansible_timeout', ['-1', '0', 'x', '1;id', '99999999']],
    ['ansible_connection', ['winrm', 'ssh;id', '$(id)', '-x']],
  ] as const) {
    for (const value of values) {
      it(`${variable}: ${JSON.stringify(value)} is refused at its place`, () => {
        let error: OrchError | undefined;
        try {
          targetOf(
            'web1',
            (name) => (name === variable ? value : undefined),
            { home: '/h' },
            place,
          );
        } catch (caught) {
          error = caught as OrchError;
        }
        expect(error?.code).to.equal('INVENTORY_INVALID');
        expect(error?.source).to.deep.equal(place(variable));
        expect(error?.hint).to.match(/\S \S/);
        // oxlint-disable-next-line no-control-regex -- what must not be there
        expect(error?.message).to.not.match(/[\x00-\x1f]/);
      });
    }
  }
});

describe('ssh config', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'orch-home-'));
    mkdirSync(join(home, '.ssh/conf.d'), { recursive: true });
    writeFileSync(
      join(home, '.ssh/config'),
      [
        'Include conf.d/*.conf missing',
        'Host web* !web9',
        '  User = deploy',
        '  IdentityFile "~/.ssh/my key"',
        'Host bare',
        '  Include conf.d/inner',
        'Match all',
        '  HostName %h.example.com',
        'Host *',
        '  User last',
        '  Port 2222',
      ].join('\n'),
    );
    writeFileSync(join(home, '.ssh/conf.d/a.conf'), 'Host web2\n\tPort 99\n');
    writeFileSync(join(home, '.ssh/conf.d/inner'), 'Port 7\nHost web1\nPort 8\n');
  });
  after(() => rmSync(home, { recursive: true }));

  it('takes the first value of each option that applies to a host', () => {
    const config = readSshConfig([join(home, '.ssh/config'), '/none'], home);
    expect(sshOptionsFor(config, 'web1')).to.include({
      user: 'deploy',
      hostName: 'web1.example.com',
      port: '2222',
    });
    expect(sshOptionsFor(config, 'web1').identityFiles).to.deep.equal(['~/.ssh/my key']);
    expect(sshOptionsFor(config, 'web2').port).to.equal('99');
    expect(sshOptionsFor(config, 'web9').user).to.equal('last');
    expect(sshOptionsFor(config, 'bare').port).to.equal('7');
    expect(config.beyond).to.deep.equal([]);
  });
});
