import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Manager, Options } from './state.ts';

/** How one manager is asked and told. Names are words of the shell variable `$@` where a script does not take them. */
export interface Tool {
  /** Prints ` NAME VERSION` for each of `$@` that is installed. */
  readonly installed: string;
  /** Prints ` NAME VERSION` for each of `$@` that could be installed, newest first. */
  readonly candidates: string;
  /** Prints the age of its lists in seconds. */
  readonly age: string;
  /** Prints ` +NAME`, ` -NAME` for what `$@` (names to install, names to remove with a minus behind) would do, or ` !why not`. */
  readonly simulate: string;
  readonly update: Shell;
  install(names: readonly string[], options: Options): Shell;
  remove(names: readonly string[], options: Options): Shell;
}

const age = (path: string): string =>
  `t=$(stat -c %Y ${path} 2>/dev/null) || t=0; echo " $(($(date +%s) - t))"`;

const APT = 'DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120';

const apt: Tool = {
  installed: `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n' "$@" 2>/dev/null | while read -r n v s; do
  [ "$s" != installed ] || echo " $n $v"; done`,
  candidates: `apt-cache policy "$@" 2>/dev/null | while IFS= read -r l; do
  case $l in [!\\ ]*:) n=\${l%:} ;; *'Candidate: (none)') ;; *'Candidate: '*) echo " $n \${l#*: }" ;; esac; done`,
  age: age('/var/lib/apt/lists'),
  simulate: `o=$(apt-get -s -q install "$@" 2>&1) && r=0 || r=$?
printf '%s\\n' "$o" | while IFS= read -r l; do
  case $l in
    'Inst '*) l=\${l#Inst }; echo " +\${l%% *}" ;;
    'Remv '* | 'Purg '*) l=\${l#???? }; echo " -\${l%% *}" ;;
    'E: '*) [ $r = 0 ] || echo " !\${l#E: }" ;;
  esac; done`,
  // Its folder keeps the time only of lists that changed.
  update: raw(`${APT} update && touch /var/lib/apt/lists`),
  install: (names, { recommends }) =>
    lines([
      raw('export DEBIAN_FRONTEND=noninteractive'),
      sh`apt-get -y -q -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold ${recommends === null ? [] : ['-o', `APT::Install-Recommends=${String(recommends)}`]} install -- ${names}`,
    ]),
  remove: (names, { purge, autoremove }) =>
    lines([
      raw('export DEBIAN_FRONTEND=noninteractive'),
      sh`apt-get -y -q -o DPkg::Lock::Timeout=120 ${autoremove ? ['--auto-remove'] : []} ${purge ? 'purge' : 'remove'} -- ${names}`,
    ]),
};

const RPM = `rpm -q --qf '%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n' "$@" 2>/dev/null | while read -r n v more; do
  case $v in *:*) echo " $n \${v#0:}" ;; esac; done`;

const dnf: Tool = {
  installed: RPM,
  candidates: `dnf -q repoquery --latest-limit 1 --qf '%{name} %{epoch}:%{version}-%{release}\\n' "$@" 2>/dev/null | while read -r n v more; do
  [ -z "$v" ] || echo " $n \${v#0:}"; done`,
  age: age('/var/cache/dnf'),
  simulate: '',
  update: raw('dnf -y -q makecache --refresh && touch /var/cache/dnf'),
  install: (names, { recommends }) =>
    sh`dnf -y -q ${recommends === null ? [] : [`--setopt=install_weak_deps=${recommends ? 'True' : 'False'}`]} install --best -- ${names}`,
  remove: (names, { autoremove }) =>
    sh`dnf -y -q ${autoremove ? [] : ['--noautoremove']} remove -- ${names}`,
};

const zypper: Tool = {
  installed: RPM,
  candidates: `zypper -q -n --no-refresh search -s -t package --match-exact "$@" 2>/dev/null | while IFS='|' read -r s n t v more; do
  set -- $n $v; case $t in *package*) [ $# = 2 ] && echo " $1 $2" ;; esac; done`,
  age: age('/var/cache/zypp/raw'),
  simulate: '',
  update: raw('zypper -q -n refresh && touch /var/cache/zypp/raw'),
  install: (names, { recommends }) =>
    sh`zypper -q -n install -y ${recommends === null ? [] : [recommends ? '--recommends' : '--no-recommends']} -- ${names}`,
  remove: (names, { autoremove }) =>
    sh`zypper -q -n remove -y ${autoremove ? ['--clean-deps'] : []} -- ${names}`,
};

/** The managers by name. */
export const TOOLS: Readonly<Record<Manager, Tool>> = { apt, dnf, zypper };
