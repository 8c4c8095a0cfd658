import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

import { KILL_FIREWALLD, trap } from '../integration/faulty.ts';
import { type Lab, upLab } from '../lab/lab.ts';
import { type Case, must, orch, room } from './harness.ts';

let made: { readonly lab: Lab; readonly down: () => void } | undefined;

/** The lab host that the cases share; made when the first one needs it. */
function host(): Lab {
  if (!made) {
    made = upLab(1);
    process.once('exit', made.down);
  }
  made.lab.reset(1);
  return made.lab;
}

function book(lab: Lab): readonly string[] {
  const dir = room();
  writeFileSync(join(dir, 'lab.yml'), lab.inventory());
  writeFileSync(
    join(dir, 'site.yml'),
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - firewalld_port: { ports: [443/tcp], offline: never }\n',
  );
  return [join(dir, 'site.yml'), '-i', join(dir, 'lab.yml'), '-l', 'node1'];
}

/** firewalld fails under a change: needs a host with firewalld. */
export const LAB: readonly Case[] = [
  {
    id: 'F24a',
    fault: 'firewalld dies between looking and changing',
    bar: 'told, nothing written',
    run: async () => {
      const lab = host();
      trap(lab, 1, 'queryPanicMode', KILL_FIREWALLD);
      const { exit, out } = await orch(['run', ...book(lab)]);
      must(exit === 2 && out.includes('FIREWALLD_NOT_RUNNING'), `exit ${exit}: ${out}`);
      must(lab.shell(1, 'ls /etc/firewalld/zones') === '', 'something was written');
      return 'told';
    },
  },
  {
    id: 'F24b',
    fault: 'firewalld dies in the middle of a change',
    bar: 'the error tells what was and was not taken back',
    run: async () => {
      const lab = host();
      trap(lab, 1, 'update2', KILL_FIREWALLD);
      const { exit, out } = await orch(['run', ...book(lab)]);
      must(exit === 2 && out.includes('could not be taken back'), `exit ${exit}: ${out}`);
      return 'told';
    },
  },
  {
    id: 'F24c',
    fault: 'firewalld hangs on D-Bus in the middle of a change',
    bar: 'bounded wait (90 s), told',
    run: async () => {
      const lab = host();
      trap(lab, 1, 'queryPanicMode', 'kill -STOP "$(cat /run/firewalld.pid)"');
      const { exit, out, seconds } = await orch(['run', ...book(lab)]);
      lab.shell(1, 'kill -CONT "$(cat /run/firewalld.pid)"');
      must(exit === 2, `exit ${exit}: ${out}`);
      must(seconds < 90, `it took ${seconds.toFixed(0)} s`);
      return `${seconds.toFixed(0)} s`;
    },
  },
];
