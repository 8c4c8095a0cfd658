import { posix } from 'node:path';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { Plan, Resource, Seen } from '../../model/module.ts';
import { observeK3s } from './observe.ts';
import type { K3sFacts, K3sScope, K3sState } from './state.ts';
import { render } from './values.ts';

/** One drop-in file of the K3s configuration. Writing it disturbs nothing: K3s reads it when it starts. */
export const k3sConfig: Resource<K3sScope, K3sState, K3sFacts> = {
  name: 'k3s_config',
  key: ({ file }) => (file === undefined ? 'k3s_config' : `k3s_config:${file}`),
  observe: observeK3s,
  plan,
  footprints: ({ file }) => ({
    reads: ['file:/etc/rancher/k3s', 'file:/etc/systemd/system', 'net:/'],
    writes: [`file:${file ?? '/etc/rancher/k3s'}`],
  }),
};

function plan({ state, facts }: Seen<K3sState, K3sFacts>, desired: K3sState): Plan {
  const { file, text } = facts;
  const before = text?.reveal();
  const inverse =
    before === undefined
      ? sh`rm -f -- ${file}`
      : write(file, before, state.mode ?? '0600', state.owner ?? 'root:root');
  return {
    guard: guard(file, before),
    steps: [
      {
        name: `K3s flags in ${file}`,
        do:
          desired.mode === null && Object.keys(desired.flags).length === 0
            ? sh`rm -f -- ${file}`
            : lines([
                keepOld(file),
                write(
                  file,
                  render(desired.flags),
                  desired.mode ?? '0600',
                  desired.owner ?? 'root:root',
                ),
              ]),
        inverse,
        stage: 'persistent',
        disruption: 'none',
      },
    ],
  };
}

/** `x` keeps the newlines at the end, which the shell would take off. */
const guard = (file: string, before: string | undefined): Shell =>
  before === undefined
    ? sh`[ ! -e ${file} ] || exit 75`
    : sh`[ "$(cat -- ${file} 2>/dev/null && echo x)" = ${`${before}x`} ] || exit 75`;

/** The old file stays beside the new one, for a K3s that does not come back with the new flags: no `.yaml`, so K3s does not read it. */
const keepOld = (file: string): Shell =>
  sh`if [ -e ${file} ]; then cp -p -- ${file} ${`${file}.orch-bak`} || exit 1; else rm -f -- ${`${file}.orch-bak`}; fi`;

/** Written beside the file and renamed: K3s sees the old text or the new one, never half of it. */
function write(file: string, text: string, mode: string, owner: string): Shell {
  return lines([
    raw('umask 022'),
    sh`[ -d ${posix.dirname(file)} ] || mkdir -p -- ${posix.dirname(file)} || exit 1`,
    raw('umask 077'),
    sh`new=$(mktemp ${`${posix.dirname(file)}/.orch-XXXXXX`}) || exit 1`,
    sh`{ printf %s ${text} >"$new" && chmod ${mode} "$new" && chown ${owner} "$new" && mv -f -- "$new" ${file}; } || { rm -f -- "$new"; exit 1; }`,
    sh`! command -v restorecon >/dev/null 2>&1 || restorecon ${file} || :`,
  ]);
}
