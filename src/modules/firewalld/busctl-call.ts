import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { ZoneSettings } from './state.ts';

/** The bus name and interface of firewalld, and its object. */
export const BUS = 'org.fedoraproject.FirewallD1';
/** Path of the daemon on the bus. */
export const OBJECT = '/org/fedoraproject/FirewallD1';

/**
 * What every script that writes by D-Bus begins with: `q` calls and says `CODE: text` on stderr when refused.
 * systemd 247 colours its errors even when nobody looks. `k` keeps the file of a zone: firewalld leaves an empty one
 * where the disk is full, which it would not load at the next start. A whole one is its word, however the call ended.
 */
const PRELUDE = raw(`export SYSTEMD_COLORS=0 SYSTEMD_LOG_COLOR=0
q() {
  o=$(busctl --system --auto-start=no --timeout=15 call ${BUS} "$@" 2>&1) && return
  printf '%s\\n' "\${o#Call failed: }" >&2; return 1
}
z() {
  q ${OBJECT}/config ${BUS}.config getZoneByName s "$1" || return
  z=\${o#*\\"}; z=\${z%\\"}; shift; q "$z" ${BUS}.config.zone "$@"
}
k() {
  f=/etc/firewalld/zones/$1.xml had=; shift
  [ ! -e "$f" ] || had=$(cat "$f" && printf x) || return
  "$@" && return
  if ! grep -q '</zone>' "$f" 2>/dev/null; then
    if [ -z "$had" ]; then rm -f "$f"; else printf %s "\${had%x}" >"$f"; fi
  fi
  return 1
}`);

/** The calls one after the other, up to the first that fails; then `undo` runs, silently, and the script fails. */
export function callScript(calls: readonly Shell[], undo: readonly Shell[] = []): Shell {
  const chain: Shell = { text: calls.map(({ text }) => text).join(' &&\n') };
  if (undo.length === 0) return lines([PRELUDE, chain]);
  return lines([
    PRELUDE,
    sh`{ ${chain}
} || { ( ${lines(undo)} ) >/dev/null 2>&1; exit 1; }`,
  ]);
}

/** Sets running settings; every list given replaces the one there. */
export const setRuntime = (zone: string, settings: Partial<ZoneSettings>): Shell =>
  sh`q ${OBJECT} ${BUS}.zone setZoneSettings2 ${'sa{sv}'} ${zone} ${dictionary(settings)}`;

/** Sets permanent settings; all that is given or nothing. */
export const setPermanent = (zone: string, settings: Partial<ZoneSettings>): Shell =>
  sh`k ${zone} z ${zone} update2 ${'a{sv}'} ${dictionary(settings)}`;

/** Makes a permanent zone; it runs after a reload. */
export const addZone = (zone: string, settings: ZoneSettings): Shell =>
  sh`k ${zone} q ${OBJECT}/config ${BUS}.config addZone2 ${'sa{sv}'} ${zone} ${dictionary(settings)}`;

/** Takes a permanent zone away; it runs on until a reload. */
export const removeZone = (zone: string): Shell => sh`z ${zone} remove`;

/** Takes the file of /etc away that overrides the settings a zone came with. */
export const loadDefaults = (zone: string): Shell => sh`z ${zone} loadDefaults`;

/** Binds an interface or a source to a running zone, taking it from the one that has it. */
export const moveTo = (zone: string, binding: 'interfaces' | 'sources', name: string): Shell =>
  sh`q ${OBJECT} ${BUS}.zone ${binding === 'interfaces' ? 'changeZoneOfInterface' : 'changeZoneOfSource'} ss ${zone} ${name}`;

/** Makes a zone the default one, running and permanent at once. */
export const setDefaultZone = (zone: string): Shell =>
  sh`q ${OBJECT} ${BUS} setDefaultZone s ${zone}`;

/** Runs what is permanent; what only runs is lost. */
export const reload: Shell = sh`q ${OBJECT} ${BUS} reload`;

/** firewalld's own check of all files; `reload` with broken files would be worse than none. */
export const checkConfig: Shell = raw('{ firewall-cmd --check-config >/dev/null; }');

const NAMES: Readonly<Record<keyof ZoneSettings, string>> = {
  target: 'target',
  interfaces: 'interfaces',
  sources: 'sources',
  services: 'services',
  ports: 'ports',
  protocols: 'protocols',
  sourcePorts: 'source_ports',
  forwardPorts: 'forward_ports',
  icmpBlocks: 'icmp_blocks',
  richRules: 'rules_str',
  forward: 'forward',
  masquerade: 'masquerade',
  icmpBlockInversion: 'icmp_block_inversion',
};

/** Settings as the words of an `a{sv}` argument of busctl. What is null is left out. */
export function dictionary(settings: Partial<ZoneSettings>): readonly string[] {
  const entries = Object.entries(settings) as [
    keyof ZoneSettings,
    ZoneSettings[keyof ZoneSettings],
  ][];
  const given = entries.filter(([, value]) => value !== null);
  return [
    String(given.length),
    ...given.flatMap(([key, value]) => [NAMES[key], ...variant(key, value)]),
  ];
}

function variant(
  key: keyof ZoneSettings,
  value: ZoneSettings[keyof ZoneSettings],
): readonly string[] {
  if (typeof value === 'string') return ['s', value];
  if (typeof value === 'boolean') return ['b', String(value)];
  const list = value ?? [];
  const size = String(list.length);
  if (key === 'ports' || key === 'sourcePorts') {
    return ['a(ss)', size, ...list.flatMap((port) => splitPort(port))];
  }
  if (key === 'forwardPorts') {
    return [
      'a(ssss)',
      size,
      ...list.flatMap((text) => FORWARD.exec(text)?.slice(1) ?? ['', '', '', '']),
    ];
  }
  return ['as', size, ...list];
}

const FORWARD = /^port=([^:]*):proto=([^:]*):toport=([^:]*):toaddr=(.*)$/;

const splitPort = (text: string): readonly string[] => {
  const slash = text.lastIndexOf('/');
  return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
};
