import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Who owns networking on a virtual machine of the lab; `none`: a unit of its own. */
export type Owner = 'nm' | 'networkd' | 'ifupdown' | 'none';

/** A real virtual machine: kernel, systemd, reboots. Methods block, and throw what vm.sh says when it fails. */
export interface Machine {
  /** Its name in the inventory. */
  readonly name: string;
  /** YAML inventory of the machines that run. */
  inventory(user?: 'root' | 'deploy'): string;
  /** Standard output of a shell script run as root; throws when it fails. */
  shell(script: string): string;
  /** Reboots it; returns when ssh answers from the new boot. */
  reboot(): void;
  /** As first started. */
  reset(): void;
}

const script = fileURLToPath(new URL('vm.sh', import.meta.url));

function vm(args: readonly string[], input = ''): string {
  const { stdout, stderr, status, error } = spawnSync('bash', [script, ...args], {
    input,
    maxBuffer: 1 << 26,
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`vm.sh ${args.join(' ')}: exit ${String(status)}\n${stderr}${stdout}`);
  return stdout;
}

/** For a mocha suite: a machine as first started, before all its tests; taken down after them. */
export function withMachine(owner: Owner, number: 1 | 2 = 1): Machine {
  before(function () {
    this.timeout(1_800_000); // the image is built once, and so is each first boot
    vm(['down', String(number)]);
    vm(['up', '1', `--${owner}`, '--from', String(number)]);
  });
  after(function () {
    this.timeout(60_000);
    vm(['down', String(number)]);
  });
  const id = String(number);
  return {
    name: `vm${id}`,
    inventory: (user = 'root') => vm(['inventory', '--user', user]),
    shell: (text) => vm(['ssh', id, 'sh -eus'], text),
    reboot: () => void vm(['reboot', id]),
    reset: () => void vm(['reset', id]),
  };
}
