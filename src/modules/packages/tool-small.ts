import { raw, sh } from '../../lib/shell.ts';
import { age, changing, type Tool, wordsOf } from './tool.ts';

/** `NAME-VERSION-rN` lines as pairs: the names are known, for versions may begin with anything. */
const SPLIT = `while IFS= read -r l; do
  for n; do case $l in "$n"-[0-9]*-r[0-9]*) v=\${l#"$n"-}; case \${v%-r*} in *-*) ;; *) echo " $n $v" ;; esac ;; esac; done; done`;

/** Alpine's. */
export const apk: Tool = {
  program: 'apk',
  installed: `apk info -e -v "$@" 2>/dev/null | ${SPLIT}`,
  candidates: (options) =>
    sh`apk search -q -e ${wordsOf(options)} "$@" 2>/dev/null | ${raw(SPLIT)}`,
  age: age('/var/cache/apk', 'APKINDEX*', '/etc/apk/repositories'),
  file: ':',
  newer: ':',
  update: (options) => sh`apk update -q ${wordsOf(options)} && touch /var/cache/apk`,
  install: (names, options) => sh`apk add -q -u ${changing(options)} -- ${names}`,
  remove: (names, options) => sh`apk del -q ${options.purge ? ['--purge'] : []} -- ${names}`,
  chores: (options) => ({
    upgrade: {
      list: raw(
        `apk version -q -l '<' 2>/dev/null | while read -r n more; do [ -z "$n" ] || echo " $n"; done`,
      ),
      do: sh`apk upgrade -q ${changing(options)}`,
    },
  }),
};

/** Arch's. A partial upgrade is what Arch warns of: update_cache without upgrade is the author's word. */
export const pacman: Tool = {
  program: 'pacman',
  installed: `pacman -Q "$@" 2>/dev/null | while read -r n v more; do echo " $n $v"; done`,
  candidates: (options) =>
    sh`pacman ${wordsOf(options)} -Si "$@" 2>/dev/null | ${raw(`while IFS= read -r l; do
  case $l in Name\\ *:*) n=\${l#*: } ;; Version\\ *:*) echo " $n \${l#*: }" ;; esac; done`)}`,
  age: age('/var/lib/pacman/sync', '*.db', '/etc/pacman.conf /etc/pacman.d/*'),
  file: `pacman -Qp "$f" 2>/dev/null`,
  newer: '[ "$(vercmp "$have" "$new")" -ge 0 ]',
  update: (options) =>
    sh`pacman ${wordsOf(options)} -Sy --noconfirm >/dev/null && touch /var/lib/pacman/sync`,
  install(names, options) {
    const files = names.filter((name) => /^(\/|https?:)/.test(name));
    const plain = names.filter((name) => !files.includes(name));
    const call = (verb: string, words: readonly string[]) =>
      sh`pacman ${wordsOf(options)} ${verb} --noconfirm --needed ${options.extra ?? []} -- ${words} >/dev/null`;
    return files.length === 0
      ? call('-S', plain)
      : plain.length === 0
        ? call('-U', files)
        : sh`${call('-S', plain)} && ${call('-U', files)}`;
  },
  remove: (names, options) =>
    sh`pacman -R${raw(`${options.autoremove ? 's' : ''}${options.purge ? 'n' : ''}${options.forced === true ? 'dd' : ''}`)} --noconfirm -- ${names} >/dev/null`,
  chores: (options) => ({
    upgrade: {
      list: raw(
        `pacman -Qu 2>/dev/null | while read -r n more; do case $more in *'[ignored]') ;; *) echo " $n" ;; esac; done`,
      ),
      do: sh`pacman ${wordsOf(options)} -Su --noconfirm ${options.extra ?? []} >/dev/null`,
    },
  }),
};
