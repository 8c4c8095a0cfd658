import { expect } from 'chai';
import { group, type GroupParams } from '../../../../src/modules/accounts/group.ts';
import { user } from '../../../../src/modules/accounts/user.ts';
import type { UserParams } from '../../../../src/modules/accounts/user-params.ts';
import { onThisHost, refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const params: UserParams = {
  name: 'ops',
  state: 'present',
  append: false,
  create_home: true,
  move_home: false,
  update_password: 'always',
  system: false,
  remove: false,
  force: false,
  generate_ssh_key: false,
  ssh_key_type: 'rsa',
};
const GROUPS = '=group\n root:x:0:\n adm:x:4:syslog,ops\n ops:x:1000:\n sudo:x:27:\n';
const NONE = `${GROUPS}=passwd\n=shadow\n=end\n`;
const OPS = `${GROUPS}=passwd\n ops:x:1000:1000:Ops:/home/ops:/bin/sh\n home ops\n=shadow\n ops open - given 1\n=end\n`;

describe('user', () => {
  it('reads a user, its groups and its home', () => {
    const now = seenIn(user, { ...params, password: '$6$a$b' }, OPS);
    expect(now.state.users['ops']).to.deep.equal({
      uid: 1000,
      group: 'ops',
      groups: ['adm'],
      comment: 'Ops',
      home: '/home/ops',
      homeMade: true,
      shell: '/bin/sh',
      password: 'given 1',
      locked: false,
      system: false,
      expires: null,
    });
  });

  it('makes a user with a password that no list of processes shows', () => {
    const given = { ...params, password: '$6$a$b', groups: 'sudo' };
    const now = seenIn(user, given, NONE);
    const { steps } = user.resource.plan(now, wanted(user, now, given));
    expect(steps.map(({ name }) => name)).to.deep.equal(['user ops', 'password of user ops']);
    expect(steps[1]?.do.text).to.contain(" 'ops:$6$a$b' | chpasswd -e");
    expect(steps[0]?.do.text).to.contain('-G sudo');
    // the group ops is there already
    expect(steps[0]?.do.text).to.contain('-g ops');
  });

  it('puts a user into the group of its name that the task before makes', () => {
    const given = { ...params, name: 'app', group: 'app' };
    const now = seenIn(user, given, NONE);
    const group = { gid: 4000, system: false };
    const state = { ...now.state, groups: { ...now.state.groups, app: group } };
    const next = { ...now, state };
    const { steps } = user.resource.plan(now, wanted(user, next, given));
    expect(steps.slice(0, 2).map(({ name }) => name)).to.deep.equal(['group app', 'user app']);
    expect(steps[1]?.do.text).to.contain('-g app');
  });

  it('changes what differs and can change it back', () => {
    const now = seenIn(user, params, OPS);
    const given = { ...params, groups: ['sudo'], append: true, shell: '/bin/bash' };
    const [step, ...more] = user.resource.plan(now, wanted(user, now, given)).steps;
    expect(more).to.deep.equal([]);
    expect(step?.name).to.equal('groups, shell of user ops');
    expect(step?.do.text).to.contain('usermod -G adm,sudo -s /bin/bash -- ops');
    expect(step?.inverse?.text).to.equal('usermod -G adm -s /bin/sh -- ops');
  });

  it('takes a user away, with its home only when asked', () => {
    const now = seenIn(user, params, OPS);
    const gone = { ...params, state: 'absent' as const };
    const script = (given: UserParams): string | undefined =>
      user.resource.plan(now, wanted(user, now, given)).steps[0]?.do.text;
    expect(script(gone)).to.contain('userdel  -- ops');
    expect(script({ ...gone, remove: true })).to.contain('userdel -r -- ops');
  });

  it('refuses groups that are not there', () => {
    const now = seenIn(user, params, NONE);
    expect(refused(user, now, { ...params, groups: 'wheel' })).to.equal(
      'the host has no group wheel',
    );
  });

  it('wants a hash for a password', () => {
    expect(user.problems?.({ name: 'ops', password: 'secret' })[0]?.hint).to.contain(
      'password_hash',
    );
    expect(user.problems?.({ name: 'ops', password: '$6$a$b' })).to.deep.equal([]);
  });

  it('tells root of this machine', () => {
    const probe = user.resource.observe([{ kind: 'user', name: 'root' }]);
    const root = probe.parse(onThisHost(probe.script.text)).state.users['root'];
    expect(root).to.include({ uid: 0, group: 'root', home: '/root', homeMade: true });
  });

  it('compares hashes on the host alone', () => {
    const probe = user.resource.observe([{ kind: 'user', name: 'root', password: '$6$x$y' }]);
    expect(onThisHost(probe.script.text).stdout.toString()).to.not.contain('$');
  });
});

describe('group', () => {
  const one: GroupParams = { name: 'staff', state: 'present', system: false };

  it('is made with the number asked for, changed, and taken away', () => {
    const none = seenIn(group, one, NONE);
    expect(stepsOf(group, none, { ...one, gid: 2000 })).to.deep.equal(['group staff']);
    const there = seenIn(group, { ...one, name: 'sudo' }, NONE);
    expect(stepsOf(group, there, { ...one, name: 'sudo', gid: 2000 })).to.deep.equal([
      'gid of group sudo',
    ]);
    expect(stepsOf(group, there, { ...one, name: 'sudo', state: 'absent' })).to.deep.equal([
      'no group sudo',
    ]);
    expect(stepsOf(group, there, { ...one, name: 'sudo' })).to.deep.equal([]);
  });
});
