// npm run check [-- NAME...]: everything that must hold before a change lands, several jobs at a time; `tests` names the
// three suites alone. What a job says is shown when it ends. Exit code: 0 when all passed, else 1; all run to their end.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';

const bin = (name) => `node_modules/.bin/${name}`;
/** The compiler in machine code; `typescript` itself stays at the release that eslint can use. */
const tsc = (project) => ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', project];
const mocha = (jobs, ...files) => [bin('mocha'), '--parallel', '--jobs', String(jobs), ...files];
const cores = availableParallelism();
const few = Math.min(cores, 8);

/** On a shared machine a test against the real thing is tried a second time; test/retried.ts names those that needed it. */
function twice() {
  return process.env.CI ? ['--retries', '1', '--require', './test/retried.ts'] : [];
}

/** One row a stage. Real shells and servers wait more than they compute: more of them at a time, and nothing beside them. */
const STAGES = [
  {
    'test tools': ['bash', 'test/lab/lab.sh', 'tools'],
    generated: [bin('tsx'), 'scripts/generate.ts', '--verify'],
  },
  {
    'unit tests': mocha(few, 'test/unit/**/*.test.ts'),
    types: tsc('tsconfig.json'),
    'types of tests': tsc('test/tsconfig.json'),
    layers: [bin('depcruise'), 'src', '--config', '.dependency-cruiser.cjs'],
    format: [bin('oxfmt'), '--check'],
    lint: [bin('oxlint')],
    'property tests': mocha(few, 'test/property/**/*.test.ts'),
  },
  {
    'contract tests': mocha(few * 3, ...twice(), 'test/contract/**/*.test.ts'),
  },
];
const TESTS = ['test tools', 'generated', 'unit tests', 'property tests', 'contract tests'];

const asked = process.argv.slice(2).flatMap((name) => (name === 'tests' ? TESTS : [name]));
const known = STAGES.flatMap((stage) => Object.keys(stage));
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

const wanted = (stage) =>
  Object.entries(stage).filter(([name]) => asked.length === 0 || asked.includes(name));
for (const stage of STAGES) {
  const jobs = wanted(stage);
  const lane = async () => {
    for (let next = jobs.shift(); next; next = jobs.shift()) await job(...next);
  };
  await Promise.all(Array.from({ length: Math.min(cores, 4) }, lane));
}
console.log(
  failed.length === 0
    ? `all passed in ${seconds(start)}`
    : `FAILED after ${seconds(start)}: ${failed.join(', ')}`,
);
process.exit(failed.length === 0 ? 0 : 1);
