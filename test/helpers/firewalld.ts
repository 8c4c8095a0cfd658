import { dangerOf } from '../../src/engine/danger.ts';
import { Refusal, type Seen, type StateModule } from '../../src/model/module.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import type { PortParams } from '../../src/modules/firewalld/port-params.ts';
import type {
  FirewalldFacts,
  FirewalldScope,
  FirewalldState,
  Zone,
  ZoneSettings,
} from '../../src/modules/firewalld/state.ts';
import { emptySettings } from '../../src/modules/firewalld/zone-edit.ts';
import type { ZoneParams } from '../../src/modules/firewalld/zone-params.ts';

type Given = Partial<ZoneSettings>;

/** Settings of a zone of firewalld 1.x: everything empty but what is given. */
export const settings = (given: Given = {}): ZoneSettings => ({ ...emptySettings(true), ...given });

/** A zone that is the same in both configurations. */
export const both = (given: Given = {}): Zone => ({
  runtime: settings(given),
  permanent: settings(given),
});

/** A zone whose configurations differ; null where it does not exist. */
export const zone = (runtime: Given | null, permanent: Given | null): Zone => ({
  runtime: runtime && settings(runtime),
  permanent: permanent && settings(permanent),
});

/** A host of the lab: two networks, firewalld 1.3.3, public and trusted as shipped unless given. */
export function host(
  zones: Readonly<Record<string, Zone>> = {},
  facts: Partial<FirewalldFacts> = {},
  defaultZone = 'public',
): Seen<FirewalldState, FirewalldFacts> {
  const all = {
    public: both({ services: ['dhcpv6-client', 'ssh'] }),
    trusted: both({ target: 'ACCEPT' }),
    ...zones,
  };
  return {
    state: { defaultZone, zones: all },
    facts: {
      access: 'dbus',
      version: '1.3.3',
      panic: false,
      zoneNames: [...new Set(['block', 'drop', 'public', 'trusted', ...Object.keys(all)])].sort(),
      interfaces: ['eth0', 'eth1', 'eth2', 'lo'],
      serviceNames: ['cockpit', 'dhcpv6-client', 'http', 'https', 'ssh'],
      missing: [],
      services: {
        ssh: { ports: ['22/tcp'], protocols: [], hasDestination: false },
        https: { ports: ['443/tcp'], protocols: [], hasDestination: false },
        'dhcpv6-client': { ports: ['546/udp'], protocols: [], hasDestination: true },
      },
      k3sActive: null,
      kubeRules: null,
      networkManager: {},
      poison: [],
      unsaved: [],
      policyZones: {},
      session: null,
      hostPolicies: [],
      prioritised: false,
      raw: {},
      oddities: [],
      ...facts,
    },
  };
}

/** Arguments of firewalld_zone with the defaults of its schema. */
export const zoneTask = (given: Partial<ZoneParams>): ZoneParams => ({
  state: 'present',
  exclusive: false,
  move: true,
  persist: 'both',
  reload: 'if_needed',
  offline: 'auto',
  check_interfaces: true,
  allow_lockout: false,
  ...given,
});

/** Arguments of firewalld_port with the defaults of its schema. */
export const portTask = (given: Partial<PortParams>): PortParams => ({
  state: 'open',
  match: 'covered',
  split: false,
  services_count: true,
  exclusive: false,
  ignore_still_open: false,
  persist: 'both',
  offline: 'auto',
  allow_lockout: false,
  ...given,
});

/** What the engine makes of one task: the state wanted and all warnings, or the refusal; a lock-out is one. */
export function judge<Params>(
  module: StateModule<Params, FirewalldScope, FirewalldState, FirewalldFacts>,
  current: Seen<FirewalldState, FirewalldFacts>,
  params: Params,
  more: { readonly sources?: readonly string[]; readonly guarded?: boolean } = {},
): { readonly state: FirewalldState; readonly warnings: readonly string[] } | Refusal {
  const state = module.desired(current, params);
  if (state instanceof Refusal) return state;
  const after = { ...current, state };
  const reach = firewalld.reach!(current.state, after, more.sources ?? []);
  const allowed = module.allowsLockout!(params);
  const danger = dangerOf(reach, { allowed, guarded: more.guarded === true });
  if (danger.refusal) return danger.refusal;
  const { warnings } = module.result!(current.state, after, params);
  return { state, warnings: [...warnings, ...danger.warnings] };
}
