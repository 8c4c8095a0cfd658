import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import type { Plan } from '../../../../src/model/module.ts';
import { observeFirewalld } from '../../../../src/modules/firewalld/observe.ts';
import { planFirewalld } from '../../../../src/modules/firewalld/plan.ts';
import { firewalld } from '../../../../src/modules/firewalld/resource.ts';
import type { FirewalldState, ZoneSettings } from '../../../../src/modules/firewalld/state.ts';
import { RECORDED, reply, scope } from './reply.ts';

const seen = (text = RECORDED) => observeFirewalld([scope()]).parse(reply(text));

const edit = (
  state: FirewalldState,
  zone: string,
  settings: Partial<ZoneSettings>,
): FirewalldState => {
  const old = state.zones[zone] ?? { runtime: null, permanent: null };
  const next = {
    runtime: old.runtime && { ...old.runtime, ...settings },
    permanent: old.permanent && { ...old.permanent, ...settings },
  };
  return { ...state, zones: { ...state.zones, [zone]: next } };
};

const plan = (change: (state: FirewalldState) => FirewalldState, text = RECORDED): Plan => {
  const current = seen(text);
  return planFirewalld(current, change(current.state));
};

const error = (work: () => unknown): OrchError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof OrchError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
};

describe('a plan for firewalld', () => {
  it('moves an interface: open before close, running before permanent, losing before gaining', () => {
    const { steps } = plan((state) =>
      edit(edit(state, 'public', { interfaces: [], ports: [] }), 'trusted', {
        interfaces: ['eth0'],
        services: ['ssh'],
      }),
    );
    expect(steps.map(({ name, stage, disruption }) => [name, stage, disruption])).to.deep.equal([
      ['runtime services of zone trusted', 'runtime', 'none'],
      ['runtime interface eth0 from zone public to trusted', 'runtime', 'connection'],
      ['runtime ports of zone public (closing)', 'runtime', 'connection'],
      ['permanent interfaces, ports of zone public', 'persistent', 'none'],
      ['permanent interfaces, services of zone trusted', 'persistent', 'none'],
    ]);
    expect(steps[1]?.do.text).to.match(/changeZoneOfInterface ss trusted eth0$/);
    expect(steps[1]?.inverse?.text).to.match(/changeZoneOfInterface ss public eth0$/);
  });

  it('sends the whole list of each changed key, and takes it back by the old one', () => {
    const { steps } = plan((state) =>
      edit(state, 'public', { ports: ['443/tcp', '80/tcp', '8472/udp'], forward: false }),
    );
    const [open, close, permanent] = steps;
    expect(open?.do.text).to.include(
      "setZoneSettings2 'sa{sv}' public 1 ports 'a(ss)' 3 443 tcp 80 tcp 8472 udp",
    );
    expect(open?.inverse?.text).to.include("public 1 ports 'a(ss)' 1 80 tcp");
    expect(close?.do.text).to.include("setZoneSettings2 'sa{sv}' public 1 forward b false");
    expect(permanent?.do.text).to.include(
      "z public update2 'a{sv}' 2 ports 'a(ss)' 3 443 tcp 80 tcp 8472 udp forward b false",
    );
  });

  it('keeps a port in the call that widens it to a range: firewalld merges, nothing closes', () => {
    const { steps } = plan((state) => edit(state, 'public', { ports: ['1-100/tcp'] }));
    expect(steps[0]?.do.text).to.include("ports 'a(ss)' 2 1-100 tcp 80 tcp");
    expect(steps[1]?.do.text).to.include("ports 'a(ss)' 1 1-100 tcp");
  });

  it('guards only what it touches', () => {
    const { guard } = plan((state) => edit(state, 'public', { ports: [] }));
    expect(guard?.text).to.include('getZoneSettings2 s public');
    expect(guard?.text).to.not.include('trusted');
    expect(guard?.text).to.include('exit 75');
  });

  it('quotes what came from the host: none of it runs', () => {
    const evil = RECORDED.replaceAll('"eth0"', `"$(echo RAN >&2)'"`);
    const { steps, guard } = plan(
      (state) => edit(edit(state, 'public', { interfaces: [] }), 'trusted', { interfaces: [] }),
      evil,
    );
    const scripts = [guard, ...steps.flatMap((step) => [step.do, step.inverse])];
    const text = scripts.map((script) => `( ${script?.text ?? 'echo missing >&2'}\n)`).join('\n');
    const ran = spawnSync('sh', [], { input: `busctl() { echo "$*"; return 1; }\n${text}` });
    expect(ran.stderr.toString()).to.include("public 1 interfaces as 1 $(echo RAN >&2)'");
    expect(ran.stderr.toString()).to.not.match(/^(RAN|missing)/m);
  });

  it('reloads for a target, and says what that costs where k3s runs', () => {
    const text = RECORDED.replace(
      '@end',
      '@version\ns "1.3.3"\n@units\nactive\ninactive\ninactive\ninactive\n@end',
    );
    const { steps } = plan((state) => edit(state, 'public', { target: 'DROP' }), text);
    expect(steps.map(({ disruption }) => disruption).slice(0, 1)).to.deep.equal(['reload']);
    expect(steps[0]?.reason).to.equal(
      'the target of zone public changes only with a reload; firewalld 1.3.3 flushes iptables on reload and k3s is ' +
        'active: kube-proxy rules return in <= 30 s, hostPort rules only after pod restart (K#7542, RKE#10469)',
    );
  });

  it('tells the rules of K3s that a reload took away, and nothing where none were counted or lost', () => {
    const counted = (kubeRules: number | null) => {
      const { state, facts } = seen();
      return { state, facts: { ...facts, kubeRules } };
    };
    const told = (was: number | null, is: number | null): readonly string[] =>
      firewalld.toll?.(counted(was), counted(is)) ?? [];
    expect(told(134, 14)).to.deep.equal([
      'the reload of firewalld took 120 of 134 rules of K3s away (chains KUBE-*, CNI-*): kube-proxy makes its own again within 30 s, those of hostPort (servicelb) come back only when their pods restart',
    ]);
    expect([told(134, 134), told(134, 140), told(null, 3), told(134, null)].flat()).to.deep.equal(
      [],
    );
  });

  it('refuses a reload that would lose what is wanted', () => {
    const runtimeOnly = error(() =>
      plan((state) => {
        const zone = state.zones['public'];
        const runtime = zone?.runtime ? { ...zone.runtime, target: 'DROP' as const } : null;
        return {
          ...state,
          zones: { ...state.zones, public: { runtime, permanent: zone?.permanent ?? null } },
        };
      }),
    );
    expect([runtimeOnly.code, runtimeOnly.message]).to.deep.equal([
      'REFUSED',
      'the change needs a reload, but then zone public would have its permanent target default, not DROP',
    ]);
  });

  it('refuses a reload while stray files would make it erase the zones', () => {
    const text = RECORDED.replace('@poison\n', '@poison\n/etc/firewalld/zones/old/public.3.xml\n');
    const refused = error(() => plan((state) => edit(state, 'public', { target: 'DROP' }), text));
    expect(refused.message).to.equal(
      'the change needs a reload, but /etc/firewalld/zones/old/public.3.xml would make a reload fail or erase all zones',
    );
    expect(plan((state) => edit(state, 'public', { ports: [] }), text).steps).to.have.length(2);
  });

  it('changes the connection of an interface NetworkManager manages, not the zone file', () => {
    const text = RECORDED.replace('@end', '@nm\neth1 uuid-1 \n@end');
    const { steps } = plan((state) => {
      const first = edit(state, 'trusted', { interfaces: ['eth1'] });
      return edit(first, 'public', { interfaces: ['eth0'] });
    }, text);
    expect(steps.map(({ name }) => name)).to.deep.equal([
      'runtime interfaces of zone trusted',
      'zone trusted of the NetworkManager connection of eth1',
    ]);
    expect(steps[1]?.do.text).to.contain(
      'nmcli connection modify uuid uuid-1 connection.zone trusted >/dev/null',
    );
    expect(steps[1]?.inverse?.text).to.equal(
      "nmcli connection modify uuid uuid-1 connection.zone '' >/dev/null",
    );
  });

  describe('Z15 where NetworkManager says success', () => {
    const script = (nmcli: string, busctl: string): { status: number | null; stderr: string } => {
      const text = RECORDED.replace('@end', '@nm\neth1 uuid-1 \n@end');
      const moved = (state: FirewalldState): FirewalldState =>
        edit(edit(state, 'trusted', { interfaces: ['eth1'] }), 'public', { interfaces: ['eth0'] });
      const step = plan(moved, text).steps.at(-1);
      const tools = `nmcli() { ${nmcli}; }\nbusctl() { ${busctl}; }\nsleep() { :; }\n`;
      return spawnSync('sh', [], { input: tools + (step?.do.text ?? ''), encoding: 'utf8' });
    };
    const echo = 'case $* in *show*) echo trusted;; esac';

    it('and moves nothing: the profile is read back', () => {
      const { status, stderr } = script('case $* in *show*) echo public;; esac', ':');
      expect(status).to.equal(1);
      expect(stderr.trim()).to.equal(
        "NetworkManager said yes, yet the connection of eth1 names the zone 'public'",
      );
    });

    it('and firewalld does not hear of it: the zone that runs is read back', () => {
      const { status, stderr } = script(echo, 'echo \'s "public"\'');
      expect(status).to.equal(1);
      expect(stderr).to.contain('eth1 still is in the zone public');
    });

    it('and it is true', () => {
      expect(script(echo, 'echo \'s "trusted"\'')).to.deep.include({ status: 0, stderr: '' });
    });
  });
});
