import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import { DBUS_SEND } from './dbus-send-text.ts';
import { READ_ZONE, STARTERS } from './dbus-send.ts';
import { NAMES } from './names.ts';
import { KUBE, UNSAVED } from './reload-script.ts';
import { SESSION } from './session-script.ts';

/** What the observation is told; every list is of plain words. */
export interface Questions {
  readonly zones: readonly string[];
  /** Looked at only where something is bound to them. */
  readonly idle: readonly string[];
  readonly services: readonly string[];
  /** Names the host must know, as `ipsets nodes`. */
  readonly names: readonly string[];
  readonly interfaces: readonly string[];
  readonly definitions: boolean;
  /** Zones with a file in /etc are looked at, too. */
  readonly edited: boolean;
  readonly serviceNames: boolean;
  readonly reload: boolean;
  readonly thorough: boolean;
  readonly offline: boolean;
}

/**
 * One script that answers all the questions with as few processes as it can: a process costs 5 ms or more on a
 * busy host, a shell builtin almost nothing. Its reply is sections, each begun by a line `@name argument`.
 */
export function observeScript(asked: Questions): Shell {
  const flag = (on: boolean): string => (on ? '1' : '');
  return lines([
    sh`named=${asked.zones.join('\n')} idle=${asked.idle.join('\n')} asked=${asked.services.join('\n')} nmif=${asked.interfaces.join('\n')}`,
    sh`defs=${flag(asked.definitions)} svcs=${flag(asked.serviceNames)} reload=${flag(asked.reload)}`,
    sh`thorough=${flag(asked.thorough)} edited=${flag(asked.edited)} offline=${flag(asked.offline)}`,
    ...(asked.names.length > 0 ? [sh`names=${asked.names.join('\n')}`] : []),
    raw(PRELUDE),
    raw(ACCESS),
    raw(FILES),
    raw(ZONES),
    raw(MORE),
    ...(asked.definitions ? [raw(DEFINITIONS)] : []),
    ...(asked.names.length > 0 ? [raw(NAMES)] : []),
    raw(SESSION),
    raw("printf '@end\\n'"),
  ]);
}

const CALL = 'busctl --system --auto-start=no --timeout=15 call $D';

/** Begins the reply of dbus-send, behind the line that no two replies share. */
const DBUS_SEND_BEGIN = DBUS_SEND.trimEnd();

const PRELUDE = `LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_LOG_COLOR=0; export LC_ALL SYSTEMD_COLORS SYSTEMD_LOG_COLOR
E=/etc/firewalld U=/usr/lib/firewalld D=org.fedoraproject.FirewallD1 P=/org/fedoraproject/FirewallD1
L='
'
space=$IFS want=$L active=
fail() { printf '@fail %s\\n%s\\n@end\\n' "$1" "$2"; exit 0; }
look() { case $want in *"$L$1$L"*) ;; *) want=$want$1$L ;; esac; }
command -v firewall-cmd >/dev/null || fail missing
for d in "$E" "$E/zones"; do
  [ ! -d "$d" ] || { [ -r "$d" ] && [ -x "$d" ]; } || fail denied "$d"
done`;

/**
 * Is the daemon there, and by which way: busctl first, it is twenty times cheaper than firewall-cmd. Which zones
 * packets are sent to, the kernel tells in a third of the time the daemon takes (firewalld < 2.0 with nftables); without
 * that, and where a daemon that died may have left its rules behind, the daemon is asked.
 */
const ACCESS = `access=cli kernel=
down() { [ -n "$offline" ] || fail down "$1"; access=offline; }
ask() {
  kernel=
  if active=$(${CALL} $P $D.zone getActiveZones 2>&1); then access=dbus; else
    case $active in
      *UnknownMethod*) access=cli ;;
      *'does not exist'* | *'not provided by'* | *'not activatable'* | *NameHasNoOwner* | *ServiceUnknown* | *NOT_RUNNING*) down "$active" ;;
      *) fail call "$active" ;;
    esac
  fi
}
if command -v busctl >/dev/null; then
  if command -v nft >/dev/null && kernel=$(nft list chain inet firewalld filter_INPUT_ZONES 2>/dev/null); then access=dbus; else ask; fi
fi`;

/**
 * All zone and policy files that count, those of the services that nearly every zone has, and firewalld.conf, by one process:
 * the shell reads a file byte by byte. A file in /etc
 * hides its namesake in /usr/lib.
 */
const FILES = `files= poison= own=
for f in "$U"/zones/*.xml; do
  [ ! -e "$f" ] || [ -e "$E/zones/\${f##*/}" ] || files=$files$f$L
done
for f in "$E"/zones/*.xml; do
  case \${f##*/} in '*.xml') continue ;; *[!A-Za-z0-9_-]*.xml) poison=$poison$f$L ;; *) files=$files$f$L own=$own\${f##*/}$L ;; esac
done
for f in "$E"/zones/*/*.xml; do [ ! -e "$f" ] || poison=$poison$f$L; done
policies=
for f in "$U"/policies/*.xml; do
  case \${f##*/} in '*.xml' | allow-host-ipv6.xml) ;; *) [ -e "$E/policies/\${f##*/}" ] || policies=$policies$f$L ;; esac
done
for f in "$E"/policies/*.xml; do [ ! -e "$f" ] || policies=$policies$f$L; done
printf '@zones\\n%s@poison\\n%s@net\\n' "$files" "$poison"
for f in /sys/class/net/*; do printf '%s\\n' "\${f##*/}"; done
if [ -n "$svcs" ]; then
  printf '@services\\n'
  for f in "$U"/services/*.xml "$E"/services/*.xml; do f=\${f##*/}; printf '%s\\n' "\${f%.xml}"; done
fi
usual=
if [ -n "$defs" ]; then
  for f in ssh dhcpv6-client; do
    f=services/$f.xml; if [ -e "$E/$f" ]; then usual=$usual$E/$f$L; elif [ -e "$U/$f" ]; then usual=$usual$U/$f$L; fi
  done
fi
IFS=$L; set -f
text=$(grep -sH '^[^#]' $files $policies $usual "$E/firewalld.conf" \${reload:+"$E/direct.xml"} \${thorough:+"$E/direct.xml"})
rules=$L default=public
for z in $named; do look "$z"; done
[ $access = dbus ] || for z in $idle; do look "$z"; done
[ -z "$edited" ] || for z in $own; do look "\${z%.xml}"; done
# What only runs is done once more behind a reload: in all zones.
[ -z "$reload" ] || for z in $files; do z=\${z##*/}; look "\${z%.xml}"; done
for l in $text; do
  case $l in
    "$E/firewalld.conf:"*DefaultZone*=*) default=\${l#*=}; default=\${default# }; look "$default" ;;
    # Zones of sources have a chain of their own then (firewalld 0.7 to 0.9).
    "$E/firewalld.conf:"*AllowZoneDrifting*=*yes*) [ -z "$kernel" ] || ask ;;
    "$E/firewalld.conf:"* | "$E/policies/"* | "$U/policies/"*) ;;
    *'<rule'*)
      z=\${l%%.xml:*} z=\${z##*/}
      case $rules in *"$L$z$L"*) ;; *) rules=$rules$z$L ;; esac
      # By hand, a zone may be written on one line.
      case $l in *'<interface '* | *'<source '*) look "$z" ;; esac ;;
    *'<interface '* | *'<source '*) z=\${l%%.xml:*}; look "\${z##*/}" ;;
  esac
done
look "$default"`;

/**
 * `settings ZONE` puts what a zone runs into $t. dbus-send costs a host 2 ms, busctl 4; but it would start a daemon that may be
 * started by its name, and escapes nothing: a text of several lines must not begin a section. Whatever else it says,
 * busctl says better.
 */
const SETTINGS = `dbus_send=
if [ $access = dbus ] && command -v dbus-send >/dev/null; then
  dbus_send=1; set +f
  for f in ${STARTERS}; do [ ! -e "$f" ] || dbus_send=; done
  set -f
fi
settings() {
  if [ -n "$dbus_send" ]; then
    t=$(${READ_ZONE} "string:$1" 2>&1)
    case $t in
      *"$L@"*) ;;
      'method return '*"$L${DBUS_SEND_BEGIN}$L"*) t=\${t#*"$L"}; return ;;
    esac
  fi
  t=$(${CALL} $P $D.zone getZoneSettings2 s "$1" 2>&1)
}`;

/** The running settings of the zones that matter: named, default, bound to something now or after a reload. */
const ZONES = `${SETTINGS}
runtime= seen=
if [ $access = dbus ]; then
  IFS=$L; for l in $kernel; do
    case $l in *'goto filter_IN_'*) z=\${l#*goto filter_IN_}; look "\${z%%[!A-Za-z0-9_-]*}" ;; esac
  done
  IFS=$space; set -- \${active:-none 0}; n=\${2:-0}; shift; [ $# = 0 ] || shift
  while [ "$n" -gt 0 ]; do
    z=\${1#\\"}; look "\${z%\\"}"; n=$((n - 1)) k=$2; shift 2
    while [ "$k" -gt 0 ]; do k=$((k - 1)) m=$2; shift $((m + 2)); done
  done
  IFS=$L
  for z in $idle; do
    case $rules in *"$L$z$L"*) look "$z" ;; esac
    case $want in *"$L$z$L"*) ;; *) runtime="$runtime@idle $z$L" ;; esac
  done
  for z in $want; do
    settings "$z"
    case $t in
      '${DBUS_SEND_BEGIN}'*) ;;
      *UnknownMethod*) access=cli; break ;;
      *'Call failed: INVALID_ZONE'*) t= ;;
      'a{sv} '*) ;;
      *) [ -n "$kernel" ] || fail call "$t"; ask; [ $access != dbus ] || fail call "$t"; break ;;
    esac
    runtime="$runtime@runtime $z$L$t$L" seen=$seen$t$L
  done
fi
if [ $access = cli ]; then
  t=$(firewall-cmd --list-all-zones 2>/dev/null); r=$?
  case $r in
    0) p=$(firewall-cmd --permanent --list-all-zones 2>/dev/null) || fail cli $?
       runtime="@cli-runtime$L$t$L@cli-permanent$L$p$L" ;;
    252) down '' ;;
    *) fail cli "$r" ;;
  esac
fi
printf '@access %s\\n@files\\n%s\\n' "$access" "$text"
[ $access = offline ] || printf '%s' "$runtime"
[ $access = cli ] || for z in $rules; do
  case $want in *"$L$z$L"*) ;; *) continue ;; esac
  printf '@rules-%s %s\\n' "$access" "$z"
  if [ $access = offline ]; then
    firewall-offline-cmd "--zone=$z" --list-rich-rules 2>/dev/null
  else
    o=$(${CALL} $P/config $D.config getZoneByName s "$z" 2>&1) || fail call "$o"
    o=\${o#*\\"}; ${CALL} "\${o%\\"}" $D.config.zone getSettings2 2>&1
  fi
done`;

/** What only reloads, thorough looks and NetworkManager hosts need. */
const MORE = `${KUBE}
${UNSAVED}
if [ -n "$reload$thorough" ]; then
  case $access in
    dbus) printf '@version\\n'; busctl --system --auto-start=no --timeout=15 get-property $D $P $D version 2>&1 ;;
    cli) printf '@version\\n'; firewall-cmd --version 2>/dev/null ;;
    offline) printf '@version\\n'; firewall-offline-cmd --version 2>/dev/null ;;
  esac
  if command -v systemctl >/dev/null; then
    u=$(systemctl is-active k3s k3s-agent ufw nftables 2>/dev/null); printf '@units\\n%s\\n' "$u"
    [ -z "$reload" ] || case $u in active* | *"$L"active"$L"*"$L"*) kube ;; esac
  fi
  [ -z "$reload" ] || unsaved
fi
if [ -n "$thorough" ]; then
  case $access in
    dbus) printf '@panic\\n'; ${CALL} $P $D queryPanicMode 2>&1 ;;
    cli) printf '@panic\\n'; firewall-cmd --query-panic 2>/dev/null ;;
  esac
  if command -v nft >/dev/null; then
    printf '@chains\\n'; IFS=$L; n=
    for l in $(nft list chains 2>/dev/null); do
      case $l in 'table '*) n=\${l#table }; n=\${n% ?} ;; *'chain '*) k=\${l#*chain }; k=\${k% ?} ;; *'hook input '*) printf '%s %s\\n' "$n" "$k" ;; esac
    done
  fi
  set +f; printf '@policies\\n'
  for f in "$E"/policies/*.xml; do [ ! -e "$f" ] || printf '%s\\n' "\${f##*/}"; done; set -f
fi
if [ -n "$nmif" ] && command -v nmcli >/dev/null; then
  printf '@nm\\n'
  for l in $(nmcli -t -f DEVICE,STATE,CON-UUID device 2>/dev/null); do
    d=\${l%%:*} u=\${l##*:}
    case $L$nmif$L in *"$L$d$L"* | *"$L*$L"*) [ -z "$u" ] || printf '%s %s %s\\n' "$d" "$u" "$(nmcli -g connection.zone connection show "$u" 2>/dev/null)" ;; esac
  done
fi
if [ -n "$nmif" ] && [ -d /run/NetworkManager/devices ] && ! command -v nmcli >/dev/null; then
  printf '@nm-blind\\n'
  for d in $nmif; do
    i=; { read -r i <"/sys/class/net/$d/ifindex"; } 2>/dev/null || continue
    [ -r "/run/NetworkManager/devices/$i" ] || continue
    while IFS= read -r l; do case $l in connection-uuid=*) printf '%s\\n' "$d" ;; esac; done <"/run/NetworkManager/devices/$i"
  done
fi`;

/** Files of the services that the zones looked at enable, and of those they include, without a process. */
const DEFINITIONS = `set -f; more=$L\${asked:+$asked$L} all=$L
name() { case $all$more in *"$L$1$L"*) ;; *) more=$more$1$L ;; esac; }
IFS=$L of=
for l in $seen; do
  case $of$l in
    '         string "services"') of=s; continue ;;
    s*' ]') of=; continue ;;
    s*' string "'*) s=\${l#*\\"}; name "\${s%\\"}"; continue ;;
    *' "services" as '*) ;;
    *) continue ;;
  esac
  IFS=$space; set -- \${l#* \\"services\\" as }; IFS=$L; n=$1
  while [ "$n" -gt 0 ]; do shift; n=$((n - 1)) s=\${1#\\"}; name "\${s%\\"}"; done
done
attribute() { s=\${l#*"$1"}; s=\${s#*[\\"\\']}; name "\${s%%[\\"\\']*}"; }
for l in $text; do
  z=\${l%%.xml:*}
  case $want in *"$L\${z##*/}$L"*) ;; *) continue ;; esac
  while :; do case $l in *'<service '*'name='*) attribute '<service '*'name='; l=\${l#*<service } ;; *) break ;; esac; done
done
if [ $access = cli ]; then
  for l in $runtime; do
    case $l in '  services: '*) IFS=$space; set -- \${l#*: }; IFS=$L; for s in "$@"; do name "$s"; done ;; esac
  done
fi
printf '@definitions\\n'
while [ "$more" != "$L" ]; do
  round=$more all=$all$more more=$L
  for s in $round; do
    f=$E/services/$s.xml; [ -e "$f" ] || f=$U/services/$s.xml
    case $L$text in *"/services/"*'<include '*) ;; *"$L$f:"*) continue ;; esac
    [ -f "$f" ] && [ -r "$f" ] || continue
    while IFS= read -r l || [ -n "$l" ]; do
      printf '%s:%s\\n' "$f" "$l"
      case $l in *'<include '*'service='*) attribute '<include '*'service=' ;; esac
    done <"$f"
  done
done`;
