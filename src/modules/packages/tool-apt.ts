import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Options } from './state.ts';
import { age, changing, type Tool, wordsOf } from './tool.ts';

const ENV = raw('export DEBIAN_FRONTEND=noninteractive');
const KEEP = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];

/** The caller's own settings come last: of two the last counts. Its options for dpkg stand instead of ours. */
function settings(options: Options): readonly string[] {
  const own = changing(options);
  return [
    ...['-y', '-q', '-o', 'DPkg::Lock::Timeout=120'],
    ...(own.some((word) => word.startsWith('Dpkg::Options::')) ? [] : KEEP),
    ...(options.downgrade === true ? ['-o', 'APT::Get::allow-downgrades=true'] : []),
    ...own,
  ];
}

const get = (options: Options, verb: readonly string[], names: readonly string[] = []): Shell =>
  lines([
    ENV,
    sh`apt-get ${settings(options)} ${verb} ${names.length === 0 ? [] : ['--', ...names]}`,
  ]);

/** What would be done, a line each: the letter behind the blank says whether it comes or goes. */
const INST = `case $l in 'Inst '*) l=\${l#Inst }; echo " \${l%% *}" ;; esac`;
const REMV = `case $l in 'Remv '* | 'Purg '*) l=\${l#???? }; echo " \${l%% *}" ;; esac`;
const asked = (options: Options, verb: readonly string[], pick: string): Shell =>
  sh`apt-get -s -q ${wordsOf(options)} ${verb} 2>/dev/null | while IFS= read -r l; do ${raw(pick)}; done`;

/** apt's own hook for `apt-get update`, and Ansible's, touch it too. */
const STAMP = '/var/lib/apt/periodic/update-success-stamp';

/** Debian's, by apt-get: apt itself says that scripts should not use it. */
export const apt: Tool = {
  program: 'apt-get',
  installed: `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n\${Package}:\${Architecture} \${Version} \${db:Status-Status}\\n' "$@" 2>/dev/null | while read -r n v s; do
  [ "$s" != installed ] || echo " $n $v"; done`,
  candidates: (options) =>
    sh`apt-cache ${wordsOf(options)} policy "$@" 2>/dev/null | ${raw(`while IFS= read -r l; do
  case $l in [!\\ ]*:) n=\${l%:} ;; *'Candidate: (none)') ;; *'Candidate: '*) echo " $n \${l#*: }" ;; esac; done`)}`,
  age: age(
    '/var/lib/apt/lists',
    '*Release',
    '/etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/sources.list.d/*',
    STAMP,
  ),
  stamp:
    'for f in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do [ ! -e "$f" ] || { stat -c \' %Y\' "$f"; break; }; done',
  simulate: (options) =>
    lines([
      sh`o=$(apt-get -s -q ${changing(options)} install "$@" 2>&1) && r=0 || r=$?`,
      raw(`printf '%s\\n' "$o" | while IFS= read -r l; do
  case $l in
    'Inst '*) l=\${l#Inst }; echo " +\${l%% *}" ;;
    'Remv '* | 'Purg '*) l=\${l#???? }; echo " -\${l%% *}" ;;
    'E: '*) [ $r = 0 ] || echo " !\${l#E: }" ;;
  esac; done`),
    ]),
  file: `dpkg-deb -W --showformat='\${Package} \${Version}\\n' "$f"`,
  newer: 'dpkg --compare-versions "$have" ge "$new"',
  // Its folder keeps the time only of lists that changed.
  update: (options) =>
    lines([
      ENV,
      sh`apt-get -y -q -o DPkg::Lock::Timeout=120 -o APT::Update::Error-Mode=any ${wordsOf(options)} update && touch /var/lib/apt/lists && { touch ${STAMP} 2>/dev/null || :; }`,
    ]),
  install: (names, options) =>
    get(
      options,
      [
        ...(options.recommends === null
          ? []
          : ['-o', `APT::Install-Recommends=${String(options.recommends)}`]),
        'install',
      ],
      names,
    ),
  remove: (names, options) =>
    get(
      options,
      [...(options.autoremove ? ['--auto-remove'] : []), options.purge ? 'purge' : 'remove'],
      names,
    ),
  chores(options) {
    const upgrade = ['upgrade', '--with-new-pkgs'];
    const gone = ['autoremove', ...(options.purge ? ['--purge'] : [])];
    return {
      upgrade: { list: asked(options, upgrade, INST), do: get(options, upgrade) },
      full_upgrade: {
        list: asked(options, ['dist-upgrade'], INST),
        do: get(options, ['dist-upgrade']),
      },
      autoremove: { list: asked(options, gone, REMV), do: get(options, gone) },
      autoclean: {
        list: raw(
          `apt-get -s -q autoclean 2>/dev/null | while IFS= read -r l; do case $l in 'Del '*) l=\${l#Del }; echo " \${l%% *}" ;; esac; done`,
        ),
        do: get(options, ['autoclean']),
      },
      clean: {
        list: raw(
          'for f in /var/cache/apt/archives/*.deb; do [ ! -e "$f" ] || echo " ${f##*/}"; done',
        ),
        do: get(options, ['clean']),
      },
    };
  },
};
