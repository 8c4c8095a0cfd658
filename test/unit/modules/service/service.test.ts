import { expect } from 'chai';
import type { Seen } from '../../../../src/model/module.ts';
import { service } from '../../../../src/modules/service/service.ts';
import type { UnitsFacts, UnitsState } from '../../../../src/modules/service/state.ts';
import { systemd, type SystemdParams } from '../../../../src/modules/service/systemd.ts';
import { refused, seenIn, stepsOf } from '../../../helpers/host-shell.ts';

const REST = { daemon_reload: false, daemon_reexec: false, no_block: false };
const K3S = { name: 'k3s', ...REST, scope: 'system' as const };
const shown = (more: Readonly<Record<string, string>> = {}): Seen<UnitsState, UnitsFacts> => {
  const properties = {
    Type: 'notify',
    RemainAfterExit: 'no',
    Id: 'k3s.service',
    LoadState: 'loaded',
    ActiveState: 'inactive',
    SubState: 'dead',
    UnitFileState: 'disabled',
    CanReload: 'no',
    NeedDaemonReload: 'no',
    ...more,
  };
  const text = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  return seenIn(service, { ...K3S }, text.join(''));
};
const RUNNING = { ActiveState: 'active', SubState: 'running', UnitFileState: 'enabled' };
const unit = (more: Partial<SystemdParams>): SystemdParams => ({
  ...K3S,
  ...more,
});

describe('service', () => {
  it('enables and starts, once', () => {
    const params = { ...K3S, state: 'started' as const, enabled: true };
    expect(stepsOf(service, shown(), params)).to.deep.equal([
      'enable k3s.service',
      'start k3s.service',
    ]);
    expect(stepsOf(service, shown(RUNNING), params)).to.deep.equal([]);
  });

  it('restarts what runs, starts what does not, and once for two tasks', () => {
    const params = { ...K3S, state: 'restarted' as const };
    expect(stepsOf(service, shown(RUNNING), params)).to.deep.equal(['restart k3s.service']);
    expect(stepsOf(service, shown(), params)).to.deep.equal(['start k3s.service']);
    expect(service.once?.(params)).to.equal(true);
  });

  it('says that a restart or a stop disturbs', () => {
    const plan = service.resource.plan(shown(RUNNING), {
      manager: 'system',
      reexecs: 0,
      units: { 'k3s.service': { ...shown(RUNNING).state.units['k3s.service']!, running: false } },
    });
    expect(plan.steps.map(({ disruption }) => disruption)).to.deep.equal(['restart']);
  });

  it('does not take a service for running that is started again and again', () => {
    const now = shown({ ActiveState: 'activating', SubState: 'auto-restart' });
    expect(stepsOf(service, now, { ...K3S, state: 'started' })).to.deep.equal([
      'start k3s.service',
    ]);
  });

  it('refuses a unit that is not there, but finds it stopped', () => {
    const now = shown({ LoadState: 'not-found' });
    expect(refused(service, now, { ...K3S, state: 'started' })).to.equal(
      'the host has no unit k3s.service',
    );
    expect(stepsOf(service, now, { ...K3S, state: 'stopped' })).to.deep.equal([]);
  });

  it('refuses to keep started what ends by itself, and to reload what cannot', () => {
    const now = shown({ Type: 'oneshot' });
    expect(refused(service, now, { ...K3S, state: 'started' })).to.contain('ends by itself');
    expect(refused(service, shown(RUNNING), { ...K3S, state: 'reloaded' })).to.contain(
      'cannot be reloaded',
    );
  });

  it('warns that there is nothing to disable in a static unit', () => {
    const now = shown({ UnitFileState: 'static' });
    expect(stepsOf(service, now, { ...K3S, enabled: false })).to.deep.equal([]);
    const params = { ...K3S, enabled: false };
    expect(service.result?.(now.state, now, params).warnings[0]).to.contain('static');
  });

  it('wants a wish', () => {
    expect(service.problems?.({})[0]?.message).to.contain('nothing is asked for');
    expect(service.problems?.({ state: 'started' })[0]?.message).to.contain('of what?');
    expect(service.problems?.({ daemon_reload: true })).to.deep.equal([]);
  });

  it('tells the status of a unit that it only names', () => {
    const now = shown({ ...RUNNING, FragmentPath: '/etc/systemd/system/k3s.service' });
    expect(stepsOf(service, now, K3S)).to.deep.equal([]);
    expect(service.result?.(now.state, now, K3S).data['status']).to.include({
      ActiveState: 'active',
      FragmentPath: '/etc/systemd/system/k3s.service',
    });
  });
});

describe('systemd', () => {
  it('reads its files again first, where they changed', () => {
    const stale = shown({ ...RUNNING, NeedDaemonReload: 'yes' });
    const params = unit({ state: 'restarted', daemon_reload: true });
    expect(stepsOf(systemd, stale, params)).to.deep.equal([
      'systemd reads its files again',
      'restart k3s.service',
    ]);
    expect(stepsOf(systemd, shown(RUNNING), unit({ daemon_reload: true }))).to.deep.equal([]);
  });

  it('stops and disables before it masks, unmasks before it starts', () => {
    expect(
      stepsOf(systemd, shown(RUNNING), unit({ masked: true, state: 'stopped' })),
    ).to.deep.equal(['stop k3s.service', 'disable k3s.service', 'mask k3s.service']);
    const masked = shown({ LoadState: 'masked', UnitFileState: 'masked' });
    expect(stepsOf(systemd, masked, unit({ masked: false, state: 'started' }))).to.deep.equal([
      'unmask k3s.service',
      'start k3s.service',
    ]);
    expect(refused(systemd, masked, unit({ state: 'started' }))).to.contain('is masked');
  });

  it('does not take a unit that is not there for masked', () => {
    const none = shown({ LoadState: 'not-found' });
    expect(refused(systemd, none, unit({ masked: true, state: 'stopped' }))).to.contain('no unit');
  });

  it('leaves the name out only to read files again', () => {
    expect(systemd.problems?.({ state: 'started' })[0]?.message).to.equal(
      'name is missing: state of what?',
    );
    expect(systemd.problems?.({ daemon_reload: true })).to.deep.equal([]);
    const params: SystemdParams = { ...REST, daemon_reload: true, scope: 'system' };
    const now = seenIn(systemd, params, 'Id=*\nNeedDaemonReload=yes\n');
    expect(stepsOf(systemd, now, params)).to.deep.equal(['systemd reads its files again']);
  });

  it('starts systemd anew each time it is asked to, by itself or before a unit', () => {
    const params: SystemdParams = { ...REST, daemon_reexec: true, scope: 'system' };
    expect(systemd.problems?.({ daemon_reexec: true })).to.deep.equal([]);
    expect(systemd.once?.(params)).to.equal(true);
    const now = seenIn(systemd, params, 'Id=*\nNeedDaemonReload=no\n');
    expect(stepsOf(systemd, now, params)).to.deep.equal(['systemd is started anew']);
    const start = unit({ daemon_reexec: true, state: 'started' });
    expect(stepsOf(systemd, shown(), start)).to.deep.equal([
      'systemd is started anew',
      'start k3s.service',
    ]);
  });

  it('does not wait for a unit with no_block', () => {
    const params = unit({ no_block: true, state: 'restarted' });
    const { script } = systemd.resource.observe([systemd.scope(params)]);
    expect(script.text).to.contain('k3s.service');
    const now = shown(RUNNING);
    const hasty = { ...now, facts: { ...now.facts, hasty: ['k3s.service'] } };
    const state = systemd.desired(hasty, params) as UnitsState;
    const [step] = systemd.resource.plan(hasty, state).steps;
    expect(step?.do.text).to.equal('systemctl --no-ask-password --no-block restart -- k3s.service');
    expect(systemd.scope(params)).to.deep.equal({
      unit: 'k3s.service',
      manager: 'system',
      hasty: true,
    });
  });

  it('tells the name as it is given, and what systemd shows when it is done', () => {
    const params = unit({ state: 'started', enabled: true });
    const before = shown();
    const after = { ...before, state: systemd.desired(before, params) as UnitsState };
    const { data } = systemd.result?.(before.state, after, params) ?? { data: {} };
    expect(data).to.include({ name: 'k3s', state: 'started', enabled: true });
    expect(systemd.told?.(shown(RUNNING), params, '')).to.have.nested.property(
      'status.ActiveState',
      'active',
    );
  });
});
