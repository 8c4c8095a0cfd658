import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { readSshConfig, sshOptionsFor } from '../../src/transport/ssh-config.ts';
import type { SshOptions } from '../../src/transport/ssh-options.ts';

/** Configurations as people have them; `DIR` is a folder of the test's own. */
const CORPUS: Readonly<Record<string, string>> = {
  empty: '',
  simple: 'Host web1\n  HostName 10.0.0.1\n  Port 2222\n  User deploy\n',
  'first value wins': 'Host web*\n User one\nHost web1\n User two\n Port 7\nPort 9\n',
  negated: 'Host * !web1\n User all\nHost !web2 web*\n Port 99\n',
  'equals signs, quotes, tabs, comments':
    '# c\nHost=web1\n\tUser = "deploy"\n\tPort=2200 # here\n\n  IdentityFile "/a b/key"\nHOST web2\n\tuser Caps\n',
  'question marks': 'Host web?\n User q\nHost web??\n User qq\n',
  'several names': 'Host db web1 app\n  Port 44\n',
  'host name tokens': 'Host *\n HostName %h.example.com\n',
  'percent in host name': 'Host web1\n HostName a%%b\n',
  'several identities':
    'Host web1\n IdentityFile ~/.ssh/one\n IdentityFile /two\nHost *\n IdentityFile ~/.ssh/three\n IdentitiesOnly yes\n',
  'identity and agent': 'Host *\n IdentityFile none\n IdentityAgent none\n',
  'known hosts':
    'Host web1\n UserKnownHostsFile /a /b\n GlobalKnownHostsFile /c\n StrictHostKeyChecking accept-new\nHost web2\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n',
  'host key alias': 'Host *\n HostKeyAlias cluster\n ConnectTimeout 7\n',
  jumps:
    'Host web1\n ProxyJump me@bastion:2200,inner\nHost web2\n ProxyJump none\nHost *\n ProxyJump all\n',
  'a proxy command': 'Host web1\n ProxyCommand nc -X 5 %h %p\nHost *\n ProxyJump other\n',
  'jump before command': 'Host web1\n ProxyJump other\nHost *\n ProxyCommand nc %h %p\n',
  'no proxy command': 'Host web1\n ProxyCommand none\n',
  'match all': 'Match all\n User every\n',
  'match originalhost': 'Host web1\n HostName 10.1.1.1\nMatch originalhost web1\n User o\n',
  'match host sees the host name':
    'Host web1\n HostName 10.1.1.1\nMatch host 10.1.*\n User o\nMatch host web1\n Port 5\n',
  'match exec': 'Match exec "test %n = web1"\n User yes\nMatch exec false\n User no\n',
  'match user': 'Match user deploy\n Port 11\nMatch user root\n Port 12\n',
  'match localuser': 'Match localuser root\n User r\nMatch !localuser root\n User nr\n',
  'match several':
    'Match originalhost web1 exec true\n User both\nMatch host web2 user nobody\n User x\n',
  'match final': 'Host web1\n HostName 10.9.9.9\nMatch final host 10.9.9.9\n Port 77\n',
  'canonical names':
    'CanonicalizeHostname yes\nCanonicalDomains localdomain\nCanonicalizeMaxDots 0\nMatch canonical all\n User canon\n',
  include: 'Include DIR/inc/*.conf\nHost *\n User last\n',
  'include in a block': 'Host web2\n Include DIR/inner\nHost *\n User outer\n',
  'include that is not there': 'Include DIR/none/*\nHost *\n User last\n',
  'nested include': 'Include DIR/nest\n',
  'identity tokens': 'Host *\n User deploy\n IdentityFile ~/.ssh/%r@%h-%p\n',
  'environment in a path': 'Host *\n IdentityFile ${HOME}/.ssh/k\n',
  certificate: 'Host *\n CertificateFile ~/.ssh/k-cert.pub\n',
  timeouts: 'Host *\n ConnectTimeout 3\n ServerAliveInterval 30\n ServerAliveCountMax 2\n',
  'unknown words': 'IgnoreUnknown Foo*\nHost *\n FooBar baz\n User u\n',
};

const HOSTS = ['web1', 'web2', 'web10', 'db', 'a.b.example.org', '10.1.1.1', '::1'];

describe('the configuration of ssh, read as ssh -G reads it', function () {
  this.timeout(60_000);
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-ssh-g-'));
    mkdirSync(join(dir, 'inc'));
    writeFileSync(join(dir, 'inc/b.conf'), 'Host web1\n Port 2\nHost *\n User from-b\n');
    writeFileSync(join(dir, 'inc/a.conf'), 'Host web1\n Port 1\n');
    writeFileSync(join(dir, 'inner'), 'Port 7\nHost web1\n Port 8\n');
    writeFileSync(join(dir, 'nest'), 'Include DIR/inner\nHost *\n Port 3\n'.replace('DIR', dir));
  });
  after(() => rmSync(dir, { recursive: true }));

  for (const [what, text] of Object.entries(CORPUS)) {
    it(what, () => {
      const file = join(dir, 'config');
      writeFileSync(file, text.replaceAll('DIR', dir));
      // Another home than the user's: only this file counts, for ssh and for orch.
      const config = readSshConfig([file], join(dir, 'home'));
      for (const host of HOSTS) {
        expect(told(sshOptionsFor(config, host), host), host).to.deep.equal(real(file, host));
      }
    });
  }

  it('asks ssh for no host of a configuration that is made of names', () => {
    const file = join(dir, 'config');
    writeFileSync(file, 'Host web*\n User u\nMatch all\n Port 3\n');
    expect(readSshConfig([file], dir).beyond).to.deep.equal([]);
  });
});

/** What orch takes from a configuration, defaults as ssh has them. */
function told(options: SshOptions, host: string): Record<string, unknown> {
  return {
    hostname: options.hostName ?? host,
    port: options.port ?? '22',
    user: options.user ?? execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
    identityfile: options.identityFiles ?? DEFAULT_KEYS,
    identitiesonly: options.identitiesOnly ?? false,
    identityagent: options.identityAgent,
    hostkeyalias: options.hostKeyAlias,
    stricthostkeychecking: options.hostKeyChecking ?? 'strict',
    connecttimeout: options.connectTimeout ?? 'none',
    userknownhostsfile: usual(options.knownHostsFiles, /\/known_hosts2$/),
    globalknownhostsfile: usual(options.globalKnownHostsFiles, /ssh_known_hosts2$/),
    proxyjump: options.jump === 'none' ? undefined : options.jump,
    proxycommand: options.proxyCommand === 'none' ? undefined : options.proxyCommand,
  };
}

const DEFAULT_KEYS = 'rsa ecdsa ecdsa_sk ed25519 ed25519_sk xmss dsa'
  .split(' ')
  .map((type) => `~/.ssh/id_${type}`);

const usual = (files: readonly string[] | undefined, pattern: RegExp): string => {
  const value = files?.join(' ');
  return value === undefined || pattern.test(value) ? 'default' : value;
};

function real(file: string, host: string): Record<string, unknown> {
  const text = execFileSync('ssh', ['-G', '-F', file, '--', host], { encoding: 'utf8' });
  const all = new Map<string, string[]>();
  for (const line of text.trim().split('\n')) {
    const at = line.indexOf(' ');
    const key = line.slice(0, at);
    all.set(key, [...(all.get(key) ?? []), line.slice(at + 1)]);
  }
  const one = (key: string): string | undefined => all.get(key)?.[0];
  const known = (key: string, pattern: RegExp): string => usual(one(key)?.split(' '), pattern);
  const strict = one('stricthostkeychecking') ?? '';
  return {
    hostname: one('hostname'),
    port: one('port'),
    user: one('user'),
    identityfile: all.get('identityfile'),
    identitiesonly: one('identitiesonly') === 'yes',
    identityagent: one('identityagent'),
    hostkeyalias: one('hostkeyalias'),
    stricthostkeychecking: /^(no|off|false)$/.test(strict)
      ? 'off'
      : strict === 'accept-new'
        ? strict
        : 'strict',
    connecttimeout: one('connecttimeout'),
    userknownhostsfile: known('userknownhostsfile', /\/known_hosts2$/),
    globalknownhostsfile: known('globalknownhostsfile', /ssh_known_hosts2$/),
    proxyjump: one('proxyjump'),
    proxycommand: one('proxycommand'),
  };
}
