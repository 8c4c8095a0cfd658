// npm run test:vm [-- FILE...]: runs test/vm on real virtual machines (test/lab/vm.sh), one at a time, always takes them down.
// Exit code: mocha's. One such suite at a time on a machine: another waits.
import { spawn, spawnSync } from 'node:child_process';

const env = { ...process.env, ORCH_VM: '/tmp/orch-vm-tests', ORCH_VM_PORT: '2260' };
let running;
let signalled = false;

/** Runs a command to its end; its exit code, 130 when it was killed. */
function run(command, args) {
  return new Promise((resolve) => {
    if (signalled) return resolve(130);
    running = spawn(command, args, { env, stdio: 'inherit' });
    running.on('error', () => resolve(1));
    running.on('exit', (code) => resolve(code ?? 130));
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalled = true;
    running?.kill(signal);
  });
}

const files = process.argv.slice(2);
let code = await run(process.execPath, ['scripts/build.mjs']);
if (code === 0) {
  const mocha = [
    ...['--import=tsx', 'node_modules/mocha/lib/cli/cli.js', '--timeout', '600000'],
    ...(files.length > 0 ? files : ['test/vm/**/*.test.ts']),
  ];
  code = await run('flock', ['/run/lock/orch-vm-tests', process.execPath, ...mocha]);
}
const left = spawnSync('bash', ['test/lab/vm.sh', 'down'], { env, stdio: 'inherit' }).status ?? 1;
process.exit(code || (left === 0 ? 0 : 1));
