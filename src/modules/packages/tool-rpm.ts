import { raw, sh, type Shell } from '../../lib/shell.ts';
import { age, changing, type Tool, wordsOf } from './tool.ts';

/** Words that mean a package: its name, with a version, a release and an architecture behind it or not. */
const WORDS = (name: string, version: string, release: string, arch: string): readonly string[] => [
  name,
  `${name}-${version}`,
  `${name}-${version}-${release}`,
  `${name}.${arch}`,
  `${name}-${version}-${release}.${arch}`,
];
const RPM_FORMAT = WORDS('%{NAME}', '%{VERSION}', '%{RELEASE}', '%{ARCH}')
  .map((word) => `${word} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n`)
  .join('');
const QUERY_FORMAT = WORDS('%{name}', '%{version}', '%{release}', '%{arch}')
  .map((word) => `${word} %{epoch}:%{version}-%{release}\\n`)
  .join('');

const PAIRS = `while read -r n v more; do case $v in *:*) echo " $n \${v#0:}" ;; esac; done`;

/** What is not installed under a name may be provided by something else: that costs a process each. */
const INSTALLED = `h=$(rpm -q --qf '${RPM_FORMAT}' "$@" 2>/dev/null | ${PAIRS})
printf '%s\\n' "$h"
for n; do
  case "$h" in *" $n "*) continue ;; esac
  v=$(rpm -q --whatprovides --qf '%{EPOCHNUM}:%{VERSION}-%{RELEASE} ' "$n" 2>/dev/null) && v=\${v%% *} && echo " $n \${v#0:}"
done`;

const FILE = `rpm -qp --nosignature --qf '%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n' "$f" 2>/dev/null | while read -r n v; do echo "$n \${v#0:}"; done`;
/** Whether the file would be older than what is there: rpm itself says so. */
const NEWER = `! rpm -U --test --nodeps --nosignature "$f" >/dev/null 2>&1`;

const best = (words: readonly string[]): readonly string[] =>
  words.includes('--nobest') ? [] : ['--best'];

/** Fedora's, RHEL's and their kin's. */
export const dnf: Tool = {
  program: 'dnf',
  installed: INSTALLED,
  // The newest first; older ones only where a word asks for a version.
  candidates: (options) => {
    const query = (...more: readonly string[]): Shell =>
      sh`dnf -q ${wordsOf(options)} repoquery ${more} --qf ${raw(`'${QUERY_FORMAT}'`)} "$@" 2>/dev/null | ${raw(PAIRS)}`;
    return sh`${query('--latest-limit', '1')}\ncase "$*" in *-[0-9]*) ${query()} ;; esac`;
  },
  age: age('/var/cache/dnf', '*', '/etc/yum.repos.d /etc/yum.repos.d/*'),
  file: FILE,
  newer: NEWER,
  update: (options) =>
    sh`dnf -y -q ${wordsOf(options)} makecache --refresh && touch /var/cache/dnf`,
  install: (names, options) =>
    sh`dnf -y -q ${changing(options)} ${weak(options.recommends)} install ${best(changing(options))} -- ${names}`,
  remove: (names, options) =>
    sh`dnf -y -q ${changing(options)} ${options.autoremove ? [] : ['--noautoremove']} remove -- ${names}`,
  chores: (options) => {
    const upgrade = {
      list: sh`dnf -q ${changing(options)} check-update 2>/dev/null | ${raw(`while read -r n v r more; do
  case $n in Obsoleting) break ;; *.*) [ -z "$r" ] || [ -n "$more" ] || echo " \${n%.*}" ;; esac; done`)}`,
      do: sh`dnf -y -q ${changing(options)} ${weak(options.recommends)} upgrade`,
    };
    return {
      upgrade,
      full_upgrade: upgrade,
      autoremove: {
        list: sh`dnf -q repoquery --unneeded --qf '%{name}' 2>/dev/null | while read -r n; do [ -z "$n" ] || echo " $n"; done`,
        do: sh`dnf -y -q ${changing(options)} autoremove`,
      },
    };
  },
};

const weak = (recommends: boolean | null): readonly string[] =>
  recommends === null ? [] : [`--setopt=install_weak_deps=${recommends ? 'True' : 'False'}`];

const ZYPPER_TABLE = (pick: string): Shell =>
  raw(`while IFS='|' read -r s n t v more; do\n  set -- $n $v; ${pick}; done`);

/** openSUSE's and SLES'. */
export const zypper: Tool = {
  program: 'zypper',
  installed: INSTALLED,
  candidates: (options) =>
    sh`zypper -q -n --no-refresh ${wordsOf(options)} search -s -t package --match-exact "$@" 2>/dev/null | ${ZYPPER_TABLE(
      'case $t in *package*) [ $# = 2 ] && echo " $1 $2" ;; esac',
    )}`,
  age: age('/var/cache/zypp/raw', '*', '/etc/zypp/repos.d /etc/zypp/repos.d/*'),
  file: FILE,
  newer: NEWER,
  update: (options) => sh`zypper -q -n ${wordsOf(options)} refresh && touch /var/cache/zypp/raw`,
  install: (names, options) =>
    sh`zypper -q -n ${wordsOf(options)} install -y ${options.extra ?? []} ${options.recommends === null ? [] : [options.recommends ? '--recommends' : '--no-recommends']} -- ${names}`,
  remove: (names, options) =>
    sh`zypper -q -n ${wordsOf(options)} remove -y ${options.autoremove ? ['--clean-deps'] : []} -- ${names}`,
  chores: (options) => ({
    upgrade: {
      list: sh`zypper -q -n --no-refresh ${wordsOf(options)} list-updates -t package 2>/dev/null | ${raw(
        `while IFS='|' read -r s r n more; do case $s in v*) set -- $n; echo " $1" ;; esac; done`,
      )}`,
      do: sh`zypper -q -n ${wordsOf(options)} update -y ${options.extra ?? []}`,
    },
    full_upgrade: {
      list: sh`zypper -q -n --no-refresh ${wordsOf(options)} dist-upgrade -D 2>/dev/null | ${raw(
        `while IFS= read -r l; do case $l in '  '*) for n in $l; do echo " $n"; done ;; esac; done`,
      )}`,
      do: sh`zypper -q -n ${wordsOf(options)} dist-upgrade -y ${options.extra ?? []}`,
    },
  }),
};
