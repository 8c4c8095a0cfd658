import fc from 'fast-check';
import { group, type GroupParams } from '../../src/modules/accounts/group.ts';
import { user } from '../../src/modules/accounts/user.ts';
import type { UserParams } from '../../src/modules/accounts/user-params.ts';
import { cron, type CronParams } from '../../src/modules/cron/cron.ts';
import { hostname } from '../../src/modules/hostname/hostname.ts';
import { modprobe, type ModprobeParams } from '../../src/modules/modprobe/modprobe.ts';
import { mount, type MountParams } from '../../src/modules/mount/mount.ts';
import { withEntry } from '../../src/modules/mount/state.ts';
import { apk } from '../../src/modules/packages/apk.ts';
import { apt, type AptParams } from '../../src/modules/packages/apt.ts';
import { dnf } from '../../src/modules/packages/dnf.ts';
import { MANAGERS, TOOLS } from '../../src/modules/packages/managers.ts';
import { packageModule } from '../../src/modules/packages/package.ts';
import { pacman } from '../../src/modules/packages/pacman.ts';
import { PLAIN } from '../../src/modules/packages/state.ts';
import { zypper } from '../../src/modules/packages/zypper.ts';
import { service } from '../../src/modules/service/service.ts';
import { systemd } from '../../src/modules/service/systemd.ts';
import { authorizedKey } from '../../src/modules/ssh-files/authorized-key.ts';
import { knownHosts } from '../../src/modules/ssh-files/known-hosts.ts';
import { sysctl, type SysctlParams } from '../../src/modules/sysctl/sysctl.ts';
import { timezone } from '../../src/modules/timezone/timezone.ts';
import { finished } from '../helpers/finished.ts';
import { lawful } from '../helpers/lawful.ts';

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
type Given<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };
/** A record without the keys that are undefined, as arguments come. */
const given = <T extends object>(record: fc.Arbitrary<T>): fc.Arbitrary<Given<T>> =>
  record.map((one) => JSON.parse(JSON.stringify(one)) as Given<T>);
const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);

lawful(hostname, {
  params: fc.record({ name }),
  seen: fc.record({
    state: fc.record({ runtime: name, permanent: fc.oneof(name, fc.constant('')) }),
    facts: fc.record({ file: fc.option(name) }),
  }),
});

const file = '/etc/sysctl.d/90-test.conf';
const line = fc.constantFrom(
  '# a comment',
  '',
  'net.ipv4.ip_forward=0',
  'net/ipv4/ip_forward = 1',
  '-vm.swappiness = 10',
  'vm.swappiness=  60 ',
  'not a setting',
);
lawful(sysctl, {
  params: given(
    fc.record({
      name: fc.constantFrom('net.ipv4.ip_forward', 'vm/swappiness', 'no.such'),
      value: fc.constantFrom<NonNullable<SysctlParams['value']>>('1', 60, true, '4096  131072'),
      state: fc.constantFrom<SysctlParams['state']>('present', 'absent'),
      sysctl_file: fc.constant(file),
      reload: fc.boolean(),
      sysctl_set: fc.boolean(),
      ignoreerrors: fc.boolean(),
    }),
  ),
  seen: fc
    .record({
      forward: fc.constantFrom('0', '1'),
      text: fc.option(fc.array(line).map((rows) => rows.join('\n'))),
    })
    .map(({ forward, text }) => ({
      state: {
        runtime: { 'net.ipv4.ip_forward': forward, 'vm.swappiness': '60', 'no.such': null },
        files: { [file]: text },
      },
      facts: { owned: {} },
    })),
});

lawful(modprobe, {
  params: fc.record({
    name: fc.constant('dummy'),
    params: fc.constantFrom('', 'numdummies=0'),
    state: fc.constantFrom<ModprobeParams['state']>('present', 'absent'),
    persistent: fc.constantFrom<ModprobeParams['persistent']>('disabled', 'present', 'absent'),
  }),
  seen: fc
    .record({
      loaded: fc.boolean(),
      load: fc.option(fc.constantFrom('dummy\n', '# none\n')),
      options: fc.option(fc.constant('options dummy numdummies=1\n')),
      builtIn: fc.constantFrom(false, false, true),
      known: fc.boolean(),
    })
    .map(({ loaded, load, options, builtIn, known }) => ({
      state: {
        loaded: loaded || builtIn,
        params: '',
        files: { '/etc/modules-load.d/dummy.conf': load, '/etc/modprobe.d/dummy.conf': options },
      },
      facts: { builtIn, known: known || loaded || builtIn, owned: {} },
    })),
});

const unit = fc.record({
  running: fc.boolean(),
  enabled: fc.boolean(),
  masked: fc.constantFrom(false, false, true),
  stale: fc.boolean(),
  restarts: fc.constant(0),
  reloads: fc.constant(0),
});
const units = fc
  .record({ unit: fc.option(unit, { freq: 8 }), kind: fc.constantFrom('enabled', 'static') })
  .map(({ unit: one, kind }) => ({
    state: {
      manager: 'system' as const,
      reexecs: 0,
      units: {
        // What is masked is not enabled; what is static always counts as enabled.
        'k3s.service': one && {
          ...one,
          enabled: one.masked ? false : kind === 'static' || one.enabled,
        },
      },
    },
    facts: {
      names: { 'k3s.service': 'k3s.service' },
      kinds: { 'k3s.service': one?.masked ? 'masked' : kind },
      transient: [],
      status: {},
      hasty: [],
      reloadable: ['k3s.service'],
    },
  }));
const verbs = fc.constantFrom<'started' | 'stopped' | 'restarted' | 'reloaded'>(
  'started',
  'stopped',
  'restarted',
  'reloaded',
);
const flag = some(fc.boolean());
lawful(service, {
  params: given(
    fc.record({
      ...{ name: fc.constant('k3s'), state: some(verbs), enabled: flag },
      ...{ daemon_reload: fc.boolean(), scope: fc.constant('system' as const) },
      ...{ daemon_reexec: fc.boolean(), no_block: fc.boolean() },
    }),
  ),
  seen: units,
});
lawful(systemd, {
  params: given(
    fc.record({
      name: fc.constant('k3s'),
      state: some(verbs),
      enabled: flag,
      masked: flag,
      daemon_reload: fc.boolean(),
      ...{ daemon_reexec: fc.boolean(), no_block: fc.boolean() },
      scope: fc.constant('system' as const),
    }),
  ),
  seen: units,
});

const account = fc.record({
  uid: fc.constantFrom(1000, 998),
  group: fc.constantFrom('ops', 'staff'),
  groups: fc.subarray(['adm', 'sudo']),
  comment: fc.constantFrom('', 'Operators'),
  home: fc.constant('/home/ops'),
  homeMade: fc.boolean(),
  shell: fc.constantFrom('/bin/sh', '/bin/bash'),
  password: fc.constantFrom('none', 'another', 'given 1'),
  locked: fc.boolean(),
  system: fc.boolean(),
  expires: fc.constantFrom(null, 20000),
});
const KEY = {
  wishes: { 'ops:.ssh/id_rsa': { file: '.ssh/id_rsa', type: 'rsa' } },
  keys: (made: boolean) => ({ 'ops:.ssh/id_rsa': made }),
};
const accounts = fc
  .record({
    ops: fc.option(account),
    staff: fc.option(fc.record({ gid: fc.constantFrom(50, 2000), system: fc.boolean() })),
    made: fc.boolean(),
  })
  .map(({ ops, staff, made }) => ({
    state: { users: { ops }, groups: { staff }, purged: [], forced: [], keys: KEY.keys(made) },
    facts: {
      keys: {},
      keyWishes: KEY.wishes,
      gids: { adm: 4, ops: 1000, sudo: 27 },
      passwords: ['$6$a$b'],
      groupNames: ['adm', 'ops', 'sudo', ...(staff ? ['staff'] : [])],
    },
  }));
lawful(user, {
  params: given(
    fc.record({
      name: fc.constant('ops'),
      state: fc.constantFrom<UserParams['state']>('present', 'present', 'absent'),
      uid: some(fc.constantFrom(1000, 1500)),
      group: some(fc.constantFrom('ops', 'staff')),
      groups: some(
        fc.constantFrom<NonNullable<UserParams['groups']>>('adm,sudo', [], ['adm', 'nobody']),
      ),
      append: fc.boolean(),
      comment: some(fc.constant('Ops')),
      shell: some(fc.constant('/bin/bash')),
      home: some(fc.constantFrom('/home/ops', '/srv/ops')),
      create_home: fc.boolean(),
      move_home: fc.boolean(),
      password: some(fc.constant('$6$a$b')),
      update_password: fc.constantFrom<UserParams['update_password']>('always', 'on_create'),
      password_lock: flag,
      system: fc.boolean(),
      remove: fc.boolean(),
      force: fc.boolean(),
      expires: some(fc.constantFrom(-1, 1_700_000_000.5)),
      generate_ssh_key: fc.boolean(),
      ssh_key_type: fc.constant('rsa'),
      ssh_key_passphrase: some(fc.constant('hush hush')),
    }),
  ),
  seen: accounts,
});
lawful(group, {
  params: given(
    fc.record({
      name: fc.constant('staff'),
      gid: some(fc.constantFrom(50, 2001)),
      state: fc.constantFrom<GroupParams['state']>('present', 'absent'),
      system: fc.boolean(),
    }),
  ),
  seen: accounts,
});

const KEYS = ['AAAAC3NzaC1lZDI1NTE5AAAAIA', 'AAAAC3NzaC1lZDI1NTE5AAAAIB'].map(
  (k) => `ssh-ed25519 ${k}`,
);
const keyLine = fc.constantFrom(
  ...KEYS,
  `${KEYS[0] ?? ''} me@laptop`,
  `from="10.0.0.0/8,::1",command="a b" ${KEYS[1] ?? ''} it`,
  '# a comment',
  '',
  'broken line',
);
const keys = fc
  .record({
    text: fc.option(fc.array(keyLine).map((rows) => rows.join('\n'))),
    mode: fc.option(fc.constantFrom('600', '644')),
    folderMode: fc.option(fc.constantFrom('700', '755')),
    known: fc.constantFrom(true, true, false),
  })
  .map(({ known, ...state }) => ({
    state: { user: 'ops', path: '.ssh/authorized_keys', ...state },
    facts: { known, home: '/home/ops' },
  }));
lawful(authorizedKey, {
  params: given(
    fc.record({
      user: fc.constant('ops'),
      key: fc.subarray(KEYS, { minLength: 1 }).map((rows) => rows.join('\n')),
      state: fc.constantFrom<'present' | 'absent'>('present', 'absent'),
      exclusive: fc.boolean(),
      key_options: some(fc.constant('from="10.0.0.0/8"')),
      comment: some(fc.constant('ops')),
      manage_dir: fc.boolean(),
    }),
  ),
  seen: keys,
});
lawful(knownHosts, {
  params: given(
    fc.record({
      name: fc.constantFrom('a', 'b'),
      key: fc.constantFrom(...KEYS),
      user: fc.constant('root'),
      state: fc.constantFrom<'present' | 'absent'>('present', 'absent'),
    }),
  ).map((one) => ({ ...one, key: `${one.name} ${one.key}` })),
  seen: fc
    .record({
      text: fc.option(
        fc
          .array(
            fc.constantFrom(
              ...KEYS.flatMap((k) => [`a ${k}`, `b,a ${k}`, `@revoked a ${k}`]),
              '|1|x|y ssh-rsa AAAA',
            ),
          )
          .map((rows) => rows.map((row) => `${row}\n`).join('')),
      ),
    })
    .map(({ text }) => ({
      state: { user: 'root', path: '.ssh/known_hosts', text, mode: '600', folderMode: '700' },
      facts: { known: true, home: '/root' },
    })),
});

const packages = fc
  .record({
    tool: fc.option(fc.constantFrom('1.0', '2.0')),
    lists: fc.constantFrom<'old' | 'new'>('old', 'new'),
    candidate: fc.constantFrom<Record<string, string>>({ tool: '2.0', hello: '1.0' }, {}),
    trouble: fc.constantFrom('', '', '', 'held broken packages'),
    manager: fc.constantFrom(...MANAGERS),
    pending: fc.constantFrom<readonly string[]>([], ['tool']),
  })
  .map(({ tool, lists, candidate, trouble, manager, pending }) => ({
    state: {
      packages: { tool, hello: null, '/tmp/x.deb': null },
      lists,
      chores: { upgrade: pending, full_upgrade: pending, autoremove: [] },
    },
    facts: {
      manager,
      old: lists === 'old',
      candidates: candidate,
      trouble,
      besides: ['+libtool'],
      options: { purge: false, autoremove: false, recommends: null },
      stamp: 0,
      chores: (['upgrade', 'full_upgrade', 'autoremove'] as const).filter(
        (chore) => chore in TOOLS[manager].chores(PLAIN),
      ),
    },
  }));
const packageParams = {
  name: fc.constantFrom<string | string[]>('tool', ['tool', 'hello'], 'tool,hello', 'tool=1.0'),
  state: fc.constantFrom<AptParams['state']>('present', 'installed', 'absent', 'removed', 'latest'),
};
const listParams = {
  update_cache: fc.boolean(),
  cache_valid_time: some(fc.constant(600)),
  autoremove: fc.boolean(),
};
const asked = <T extends object>(record: fc.Arbitrary<T>): fc.Arbitrary<Record<string, unknown>> =>
  given(record) as fc.Arbitrary<object> as fc.Arbitrary<Record<string, unknown>>;
const aptParams = asked(
  fc.record({
    ...{ ...packageParams, ...listParams, purge: fc.boolean(), install_recommends: flag },
    upgrade: fc.constantFrom('no', 'yes', 'dist'),
    only_upgrade: fc.boolean(),
    deb: some(fc.constant('/tmp/x.deb')),
  }),
);
const rpmParams = asked(fc.record({ ...packageParams, ...listParams }));
const smallParams = asked(
  fc.record({ ...packageParams, update_cache: fc.boolean(), upgrade: fc.boolean() }),
);
lawful(packageModule, {
  params: asked(fc.record({ ...packageParams, use: fc.constantFrom('auto', 'apt', 'yum') })).map(
    (one) => finished(packageModule, one),
  ),
  seen: packages,
});
lawful(apt, { params: aptParams.map((one) => finished(apt, one)), seen: packages });
lawful(dnf, { params: rpmParams.map((one) => finished(dnf, one)), seen: packages });
lawful(zypper, { params: rpmParams.map((one) => finished(zypper, one)), seen: packages });
lawful(apk, { params: smallParams.map((one) => finished(apk, one)), seen: packages });
lawful(pacman, { params: smallParams.map((one) => finished(pacman, one)), seen: packages });

lawful(timezone, {
  params: fc.record({ name: fc.constantFrom('UTC', 'Europe/Berlin', 'No/Where') }),
  seen: fc
    .record({
      zone: fc.constantFrom('', 'Etc/UTC', 'UTC'),
      file: fc.option(fc.constantFrom('Etc/UTC\n', '')),
    })
    .map((state) => ({ state, facts: { known: ['UTC', 'Europe/Berlin'], target: '' } })),
});

const entry = fc.record({
  src: fc.constantFrom('tmpfs', 'LABEL=a b'),
  fstype: fc.constantFrom('tmpfs', 'ext4'),
  opts: fc.constantFrom('defaults', 'size=8m'),
  dump: fc.constant('0'),
  passno: fc.constantFrom('0', '2'),
});
lawful(mount, {
  restores: false,
  params: fc
    .record({
      entry,
      state: fc.constantFrom<MountParams['state']>(
        'mounted',
        'present',
        'unmounted',
        'absent',
        'absent_from_fstab',
        'remounted',
      ),
    })
    .map(({ entry: one, state }) => ({ ...one, state, path: '/mnt/a b', fstab: '/etc/fstab' })),
  seen: fc
    .record({ entry: fc.option(entry), mounted: fc.boolean(), made: fc.boolean() })
    .map(({ entry: one, mounted, made }) => ({
      state: {
        path: '/mnt/a b',
        fstab: one,
        mounted,
        made: made || mounted,
        remounts: 0,
      },
      facts: {
        file: '/etc/fstab',
        text: withEntry('# head\n/dev/vda / ext4 defaults 0 1\n', '/mnt/a b', one),
        source: mounted ? 'tmpfs' : '',
        fstype: mounted ? 'tmpfs' : '',
      },
    })),
});

lawful(cron, {
  params: given(
    fc.record({
      name: fc.constantFrom('MAILTO', 'save'),
      job: fc.constantFrom('/bin/save', '/bin/other'),
      state: fc.constantFrom<CronParams['state']>('present', 'absent'),
      minute: fc.constantFrom<CronParams['minute']>('*', 5, '*/5'),
      hour: fc.constant('*'),
      day: fc.constant('*'),
      month: fc.constant('*'),
      weekday: fc.constant('*'),
      special_time: some(fc.constant('daily' as const)),
      disabled: fc.boolean(),
      user: fc.constant('root'),
      cron_file: some(fc.constant('k3s')),
      env: fc.boolean(),
    }),
  ),
  seen: fc
    .option(
      fc
        .array(fc.constantFrom('#Ansible: save', '5 * * * * /bin/save', 'MAILTO="x"', '# mine', ''))
        .map((rows) => rows.map((row) => `${row}\n`).join('')),
    )
    .map((text) => ({ state: { text, table: { user: 'root' } }, facts: { known: true } })),
});
