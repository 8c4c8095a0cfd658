// npm run test:integration [-- FILE...]: makes a lab of three hosts, runs test/integration on it, always takes it down.
// Exit code: mocha's; 1 when no lab can be made here. ORCH_LAB_BASE=trixie takes hosts of another release.
import { spawn, spawnSync } from 'node:child_process';

const HOSTS = '3';
const env = { ...process.env };
const lab = (...args) => ['bash', ['test/lab/lab.sh', ...args], { env, encoding: 'utf8' }];
let running;
let signalled = false;

/** Runs a command to its end; its exit code, 130 when it was killed. Only this process decides when all ends. */
function run([command, args, options]) {
  return new Promise((resolve) => {
    if (signalled) return resolve(130);
    running = spawn(command, args, { ...options, stdio: 'inherit' });
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

// the tests run the built program, which has to be this tree's
const built = await run([process.execPath, ['scripts/build.mjs'], {}]);
if (built !== 0) process.exit(built);

// a lab of its own, so that one that is used by hand stays as it is
const ask = lab('room', '--for', String(process.pid));
const room = spawnSync(ask[0], ask[1], { ...ask[2], stdio: ['ignore', 'pipe', 'inherit'] });
if (room.status !== 0) process.exit(1);
for (const line of room.stdout.trim().split('\n')) {
  const [name, value] = line.split('=');
  env[name] = value;
}

const files = process.argv.slice(2);
const mocha = [
  // not bin/mocha.js: that starts another process and leaves it behind when killed
  ...['--import=tsx', 'node_modules/mocha/lib/cli/cli.js', '--timeout', '120000'],
  // on a shared machine a test is tried a second time; test/retried.ts names those that needed it
  ...(env.CI ? ['--retries', '1', '--require', './test/retried.ts'] : []),
  ...(files.length > 0 ? files : ['test/integration/**/*.test.ts']),
];
let code = (await run(lab('up', HOSTS))) === 0 ? 0 : signalled ? 130 : 1;
if (code === 0) code = await run([process.execPath, mocha, { env }]);

// reap: suites make labs of their own, which stay when mocha is killed
let left = 0;
for (const last of ['down', 'reap']) {
  const [command, args, options] = lab(last);
  left ||= spawnSync(command, args, { ...options, stdio: 'inherit' }).status ?? 1;
}
process.exit(code || (left === 0 ? 0 : 1));
