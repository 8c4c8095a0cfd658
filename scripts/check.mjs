// npm run check [-- NAME...]: everything that must hold before a change lands, several jobs at a time; `tests` names the
// three suites alone. What a job says is shown when it ends. Exit code: 0 when all passed, else 1; all run to their end.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, constants, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';

const bin = (name) => `node_modules/.bin/${name}`;
/** The compiler in machine code; `typescript` itself stays at the release that dependency-cruiser can load. */
const tsc = (project) => ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', project];
const mocha = (jobs, ...files) => [bin('mocha'), '--parallel', '--jobs', String(jobs), ...files];
const cores = availableParallelism();
const few = Math.min(cores, 8);

/** On a shared machine a test against the real thing is tried a second time; test/retried.ts names those that needed it. */
function twice() {
  return process.env.CI ? ['--retries', '1', '--require', './test/retried.ts'] : [];
}

/** Those that wait longest begin first, else the last of them runs alone. */
const LONGEST = ['flow', 'transport-openssh', 'sudo', 'lease', 'undo-busybox', 'undo-dash'];
function contractTests() {
  const files = readdirSync('test/contract').filter((file) => file.endsWith('.test.ts'));
  const rank = (file) => (LONGEST.includes(file.replace('.test.ts', '')) ? 0 : 1);
  return files.sort((a, b) => rank(a) - rank(b)).map((file) => `test/contract/${file}`);
}

/** What the others build on. */
const FIRST = {
  'test tools': ['bash', 'test/lab/lab.sh', 'tools'],
  generated: [bin('tsx'), 'scripts/generate.ts', '--verify'],
};
/** Real shells and servers wait more than they compute: many at a time. */
const WAITING = {
  'contract tests': mocha(few * 3, ...twice(), ...contractTests()),
};
/** These compute, one after the other, in the time that those leave: what waits has the right of way, its tests have deadlines. */
const COMPUTING = {
  types: tsc('tsconfig.json'),
  'types of tests': tsc('test/tsconfig.json'),
  layers: [bin('depcruise'), 'src', '--config', '.dependency-cruiser.cjs'],
  format: [bin('oxfmt'), '--check'],
  lint: [bin('oxlint')],
  'unit tests': mocha(few, 'test/unit/**/*.test.ts'),
  'property tests': mocha(few, 'test/property/**/*.test.ts'),
};
const ALL = { ...FIRST, ...WAITING, ...COMPUTING };
const TESTS = ['test tools', 'generated', 'unit tests', 'property tests', 'contract tests'];

const asked = process.argv.slice(2).flatMap((name) => (name === 'tests' ? TESTS : [name]));
const known = Object.keys(ALL);
const strange = asked.filter((name) => !known.includes(name));
if (strange.length > 0) {
  console.error(`check: no job ${strange.join(', ')}; there are: tests, ${known.join(', ')}`);
  process.exit(2);
}

const start = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;
const failed = [];

function job(name, [command, ...args]) {
  return new Promise((resolve) => {
    console.log(`.. ${name}`);
    const begun = performance.now();
    const said = [];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    if (name in COMPUTING && child.pid)
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    child.stdout.on('data', (bytes) => said.push(bytes));
    child.stderr.on('data', (bytes) => said.push(bytes));
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      if (code !== 0) failed.push(name);
      process.stdout.write(Buffer.concat(said));
      console.log(`== ${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds(begun)}) ==`);
      resolve();
    });
  });
}

const wanted = (jobs) =>
  Object.entries(jobs).filter(([name]) => asked.length === 0 || asked.includes(name));
const together = (jobs) => Promise.all(wanted(jobs).map((one) => job(...one)));
async function inTurn(jobs) {
  for (const one of wanted(jobs)) await job(...one);
}
await together(FIRST);
await Promise.all([together(WAITING), inTurn(COMPUTING)]);
console.log(
  failed.length === 0
    ? `all passed in ${seconds(start)}`
    : `FAILED after ${seconds(start)}: ${failed.join(', ')}`,
);
process.exit(failed.length === 0 ? 0 : 1);
