import { Refusal, type Result, type Seen } from '../../../../src/model/module.ts';
import { type K3sFlagsParams, k3sFlags } from '../../../../src/modules/k3s/k3s-flags.ts';
import type { K3sFacts, K3sState } from '../../../../src/modules/k3s/state.ts';
import { MARKER } from '../../../../src/modules/k3s/values.ts';

export const OURS = '/etc/rancher/k3s/config.yaml.d/50-orch-network.yaml';
export const CONFIG = '/etc/rancher/k3s/config.yaml';

export type Now = Seen<K3sState, K3sFacts>;

interface Given {
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly units?: Readonly<Record<string, string>>;
  /** Words of the last section: installed, data, etcd, `started 1000`. */
  readonly k3s?: readonly string[];
  readonly routes?: string;
  readonly extraAddresses?: string;
  readonly written?: number;
}

/** What a host prints, read by the real parser. */
export function host(given: Given = {}, secrets: readonly string[] = []): Now {
  const show = (kind: string, files: Readonly<Record<string, string>> = {}): string =>
    Object.entries(files)
      .map(([path, text]) => `=${kind} ${path}\n${lines(text)}`)
      .join('');
  const stat = Object.keys(given.files ?? {}).map(
    (path) => `600 root:root ${given.written ?? 1000} ${path}\n`,
  );
  const stdout = `${show('unit', given.units)}=config ${given.config ?? CONFIG}
${show('file', given.files)}=stat
${stat.join('')}=addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
3: eth1    inet 10.91.0.11/16 brd 10.91.255.255 scope global eth1\\       valid_lft forever
${given.extraAddresses ?? ''}=interfaces
eth0
eth1
lo
=routes
${given.routes ?? '100 eth0'}
=k3s
${(given.k3s ?? []).join('\n')}
`;
  return k3sFlags.resource
    .observe([{ secrets }])
    .parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit: 0 });
}

const lines = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .map((line) => (line === '' ? '' : line.endsWith('\n') ? `>${line}` : `+${line}\n`))
    .join('');

/** Finished arguments with their defaults. */
export const params = (given: Partial<K3sFlagsParams>): K3sFlagsParams => ({
  role: 'server',
  flags: {},
  preset: 'none',
  replace: false,
  allow_unknown: [],
  force: [],
  ...given,
});

/** Our file with a body. */
export const own = (body: string): string => `${MARKER}\n${body}`;

export function wants(now: Now, given: Partial<K3sFlagsParams>): K3sState {
  const state = k3sFlags.desired(now, params(given));
  if (state instanceof Refusal) throw new Error(`refused: ${state.message}`);
  return state;
}

export function refuses(now: Now, given: Partial<K3sFlagsParams>): Refusal {
  const state = k3sFlags.desired(now, params(given));
  if (!(state instanceof Refusal)) throw new Error(`not refused: ${JSON.stringify(state)}`);
  return state;
}

export function tells(now: Now, given: Partial<K3sFlagsParams>): Result {
  const state = wants(now, given);
  const result = k3sFlags.result?.(now.state, { ...now, state }, params(given));
  if (!result) throw new Error('no result');
  return result;
}
