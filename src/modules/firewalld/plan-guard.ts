import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import { BUS, OBJECT } from './busctl-call.ts';
import { DBUS_SEND } from './dbus-send-text.ts';
import { READ_ZONE } from './dbus-send.ts';
import type { FirewalldFacts } from './state.ts';

/** The zones a plan touches, by configuration. */
export interface Touched {
  readonly runtime: readonly string[];
  readonly permanent: readonly string[];
}

const CALL = `busctl --system --auto-start=no --timeout=15 call ${BUS}`;

const PANIC_SAID =
  'FIREWALLD_PANIC: firewalld is in panic mode and refuses changes; nothing was written';

/**
 * Ends with 75 when a zone the plan touches is no longer as it was observed, and with 1 in panic mode, in which
 * running changes fail half way; nothing when no zone is touched. Compares the raw texts: what reads the same is the same.
 */
export function guardScript(facts: FirewalldFacts, touched: Touched): Shell | undefined {
  const parts: Shell[] = [];
  if (facts.access === 'dbus') {
    if (touched.runtime.length > 0) {
      parts.push(
        sh`case $(${raw(CALL)} ${OBJECT} ${BUS} queryPanicMode 2>&1) in ${raw("'b true'")}) echo ${PANIC_SAID} >&2; exit 1 ;; esac`,
      );
    }
    parts.push(...touched.runtime.map((zone) => sameRuntime(zone, facts.raw[`runtime ${zone}`])));
  }
  if (facts.access === 'cli') {
    if (touched.runtime.length > 0) {
      parts.push(
        sh`! firewall-cmd -q --query-panic 2>/dev/null || { echo ${PANIC_SAID} >&2; exit 1; }`,
      );
      parts.push(
        sh`[ "$(firewall-cmd --list-all-zones 2>/dev/null)" = ${facts.raw['runtime *'] ?? ''} ] || exit 75`,
      );
    }
    if (touched.permanent.length > 0) {
      parts.push(
        sh`[ "$(firewall-cmd --permanent --list-all-zones 2>/dev/null)" = ${facts.raw['permanent *'] ?? ''} ] || exit 75`,
      );
    }
  } else if (touched.permanent.length > 0) {
    parts.push(sameFiles(touched.permanent, facts.raw));
  }
  // A daemon that has come up since would not notice what is written behind its back.
  if (facts.access === 'offline')
    parts.push(raw('! firewall-cmd --state >/dev/null 2>&1 || exit 75'));
  return parts.length === 0 ? undefined : lines(parts);
}

/** The same process the observation read the zone with. */
function sameRuntime(zone: string, text: string | undefined): Shell {
  if (text === undefined)
    return sh`! ${raw(CALL)} ${OBJECT} ${BUS}.zone getZoneSettings2 s ${zone} >/dev/null 2>&1 || exit 75`;
  return text.startsWith(DBUS_SEND)
    ? sh`o=$(${raw(READ_ZONE)} ${`string:${zone}`} 2>&1); [ "${raw('${o#*\n}')}" = ${text} ] || exit 75`
    : sh`[ "$(${raw(CALL)} ${OBJECT} ${BUS}.zone getZoneSettings2 s ${zone} 2>&1)" = ${text} ] || exit 75`;
}

/** The same process the observation reads files with, on the same files. */
function sameFiles(zones: readonly string[], texts: FirewalldFacts['raw']): Shell {
  const expected = zones
    .map((zone) => texts[`permanent ${zone}`] ?? '')
    .filter((text) => text !== '');
  return lines([
    raw('set --; E=/etc/firewalld/zones'),
    sh`for n in ${zones}; do`,
    raw(`  f=$E/$n.xml; [ -e "$f" ] || f=/usr/lib/firewalld/zones/$n.xml
  set -- "$@" "$f"
done`),
    sh`[ "$(LC_ALL=C grep -sH ${'^[^#]'} "$@")" = ${expected.join('\n')} ] || exit 75`,
  ]);
}
