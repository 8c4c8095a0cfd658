import { OrchError } from '../../lib/errors.ts';
import { raw, sh } from '../../lib/shell.ts';
import type { Resource, Step } from '../../model/module.ts';
import { putBack, sections, SHOW, shown, unchanged, writeFile } from '../system/text-file.ts';

/** The name of a host, as the kernel has it now and as it will be after a reboot; "" where there is none. */
export interface HostnameState {
  readonly runtime: string;
  readonly permanent: string;
  /** The text of the file, where it is put back. Not compared. */
  readonly how?: { readonly file: string | null };
}

/** The text of /etc/hostname, null when there is no such file. */
export interface HostnameFacts {
  readonly file: string | null;
}

const FILE = '/etc/hostname';

/** The name of a host, now and after a reboot. */
export const hostnameResource: Resource<null, HostnameState, HostnameFacts> = {
  name: 'hostname',
  key: () => 'hostname',
  observe: () => ({
    script: raw(`${SHOW.text}
IFS= read -r now </proc/sys/kernel/hostname && printf '=runtime\\n%s\\n' "$now" || exit
[ ! -e ${FILE} ] || { echo '=file'; show ${FILE}; }
echo '=end'`),
    parse({ stdout, stderr, exit }) {
      const found = sections(stdout.toString('utf8'));
      const runtime = found.get('runtime')?.[0];
      if (exit !== 0 || runtime === undefined || !found.has('end') || stdout.includes(0)) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its name', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const rows = found.get('file');
      const file = rows === undefined ? null : shown(rows);
      return { state: { runtime, permanent: nameIn(file ?? '') }, facts: { file } };
    },
  }),
  plan({ state, facts }, desired) {
    const steps: Step[] = [];
    if (state.runtime !== desired.runtime) {
      steps.push({
        name: 'host name in the kernel',
        do: inKernel(desired.runtime),
        inverse: inKernel(state.runtime),
        stage: 'runtime',
        disruption: 'none',
      });
    }
    if (state.permanent !== desired.permanent) {
      steps.push({
        name: `host name in ${FILE}`,
        do: desired.how
          ? putBack(FILE, desired.how.file)
          : writeFile(FILE, `${desired.permanent}\n`),
        inverse: putBack(FILE, facts.file),
        stage: 'persistent',
        disruption: 'none',
      });
    }
    return { guard: unchanged(FILE, facts.file), steps };
  },
  recall: {
    depth: 1,
    state: ({ state, facts: { file } }) => ({ ...state, how: { file } }),
  },
  footprints: () => ({
    reads: ['hostname:/', `file:${FILE}`],
    writes: ['hostname:/', `file:${FILE}`],
  }),
};

const inKernel = (name: string) => sh`printf '%s\n' ${name} >/proc/sys/kernel/hostname`;

/** The first line that is neither blank nor a comment, as hostname(5) has it. */
const nameIn = (file: string): string =>
  file
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#')) ?? '';
