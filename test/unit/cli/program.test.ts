import { expect } from 'chai';
import type { InventoryFlags, RunFlags } from '../../../src/cli/flags.ts';
import type { Io } from '../../../src/cli/io.ts';
import { runProgram, type ListFlags, type Verbs } from '../../../src/cli/program.ts';

interface Call {
  readonly verb: string;
  readonly given: unknown;
  readonly flags?: Partial<RunFlags & Omit<ListFlags, 'output'> & InventoryFlags>;
}

/** Runs a command line whose verbs only note what they were called with. */
async function called(
  argv: readonly string[],
): Promise<{ exit: number; calls: readonly Call[]; err: string; out: string }> {
  const calls: Call[] = [];
  let [err, out] = ['', ''];
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: {},
    cwd: '/',
    terminal: false,
    colors: { out: false, err: false },
  };
  const note = (verb: string, given: unknown, flags?: Call['flags']): Promise<number> => {
    calls.push({ verb, given, ...(flags ? { flags } : {}) });
    return Promise.resolve(0);
  };
  const verbs: Verbs = {
    run: (books, flags) => note('run', books, flags),
    validate: (books, flags) => note('validate', books, flags),
    exec: (pattern, command, flags) => note('exec', [pattern, ...command], flags),
    console: (pattern, flags) => note('console', pattern, flags),
    inventory: ({ output: _, ...flags }) => note('inventory', undefined, flags),
    trust: (pattern, flags) => note('trust', pattern, flags),
    ping: (pattern, flags) => note('ping', pattern, flags),
    unlock: (pattern, flags) => note('unlock', pattern, flags),
    facts: (pattern, filters, flags) => note('facts', [pattern, ...filters], flags),
    firewallExport: (host, flags) => note('firewall export', host, flags),
    firewallExposure: (pattern, flags) => note('firewall exposure', pattern, flags),
    doc: (topic) => note('doc', topic),
    schema: (words) => note('schema', words),
    evaluate: (expression, flags) => note('eval', expression, flags),
    explain: (name) => note('explain', name),
    secret: (verb) => note('secret', verb),
    runs: (flags) => note('runs', flags),
    log: (run, flags) => note('log', run, flags),
    decide: (verdict, run, more) => note(verdict, [run, ...more]),
    resume: (run, more) => note('resume', [run, ...more]),
  };
  const exit = await runProgram(argv, io, verbs);
  return { exit, calls, err, out };
}

const flagsOf = async (line: string): Promise<Partial<RunFlags & ListFlags>> => {
  const { calls, err } = await called(line.split(' '));
  expect(err).to.equal('');
  return calls[0]?.flags ?? {};
};

describe('command line', () => {
  it('has the defaults of the documentation', async () => {
    expect(await flagsOf('run site.yml')).to.deep.include({
      inventory: [],
      extraVars: [],
      tags: [],
      skipTags: [],
      forks: 50,
      verbose: 0,
      output: 'human',
      report: [],
      becomeMethod: 'sudo',
    });
  });

  for (const [line, flags] of [
    ['run a.yml -i one -i two', { inventory: ['one', 'two'] }],
    ['run a.yml --inventory=one', { inventory: ['one'] }],
    ['run a.yml -l web:!db', { limit: 'web:!db' }],
    ['run a.yml -CD', { check: true, diff: true }],
    ['check a.yml', { check: true, diff: true }],
    ['run a.yml -e a=1 -e @f', { extraVars: ['a=1', '@f'] }],
    ['run a.yml -t a,b -t c --skip-tags d', { tags: ['a', 'b', 'c'], skipTags: ['d'] }],
    ['run a.yml -f 5', { forks: 5 }],
    [
      'run a.yml -u deploy -b --become-user app -K',
      { user: 'deploy', become: true, becomeUser: 'app', askBecomePass: true },
    ],
    [
      'run a.yml -k --private-key k -c local -T 3',
      { askPass: true, privateKey: 'k', connection: 'local', timeout: 3 },
    ],
    ['run a.yml --key-file k', { privateKey: 'k' }],
    ['run a.yml -vvv', { verbose: 3 }],
    ['run a.yml -v -v', { verbose: 2 }],
    [
      'run a.yml --list-hosts --list-tasks --list-tags --syntax-check',
      { listHosts: true, listTasks: true, listTags: true, syntaxCheck: true },
    ],
    ['run a.yml --output ndjson', { output: 'ndjson' }],
    [
      'check a.yml --report md=a.md,junit=b.xml --report json=c.json',
      {
        report: [
          { kind: 'md', file: 'a.md' },
          { kind: 'junit', file: 'b.xml' },
          { kind: 'json', file: 'c.json' },
        ],
      },
    ],
    ['check a.yml --report md=a,b.md', { report: [{ kind: 'md', file: 'a,b.md' }] }],
    [
      'check a.yml --detailed-exitcode --strict-check --allow-empty --accept-new',
      { detailedExitcode: true, strictCheck: true, allowEmpty: true, acceptNew: true },
    ],
    ['run a.yml --force-handlers --no-color', {}],
    ['inventory --graph --vars', { graph: true, vars: true }],
    ['inventory --host node1 -i prod', { host: 'node1', inventory: ['prod'] }],
  ] as readonly (readonly [string, Partial<RunFlags & ListFlags>])[]) {
    it(`understands orch ${line}`, async () => {
      expect(await flagsOf(line)).to.deep.include(flags);
    });
  }

  it('takes several playbooks', async () => {
    expect((await called(['run', 'a.yml', 'b.yml'])).calls[0]?.given).to.deep.equal([
      'a.yml',
      'b.yml',
    ]);
  });

  for (const [line, said] of [
    ['run a.yml --dif', "error[USAGE]: unknown option '--dif'\n  hint: Did you mean --diff?"],
    ['rnu a.yml', "error[USAGE]: unknown command 'rnu'\n  hint: Did you mean run?"],
    ['run', "missing required argument 'playbook'"],
    ['run a.yml --output xml', 'Allowed choices are human, ndjson, json'],
    ['run a.yml -c winrm', 'Allowed choices are ssh, openssh, local, smart'],
    ['run a.yml --become-method pbrun', 'Allowed choices are sudo'],
    ['inventory --list --graph', "option '--list' cannot be used with option '--graph'"],
    ['', 'Usage: orch'],
  ] as const) {
    it(`answers orch ${line} with what is wrong and exit code 5`, async () => {
      const { exit, calls, err, out } = await called(line === '' ? [] : line.split(' '));
      expect(err).to.include(said);
      expect({ exit, calls, out }).to.deep.equal({ exit: 5, calls: [], out: '' });
    });
  }

  for (const [line, message] of [
    ['run a.yml -f 0', '--forks must be a whole number of at least 1, is "0"'],
    ['run a.yml -T soon', '--timeout must be a whole number of at least 1, is "soon"'],
    ['run a.yml --report pdf=x', '--report "pdf=x" names no report'],
    ['run a.yml --report md=', '--report "md=" names no report'],
  ] as const) {
    it(`refuses orch ${line}`, async () => {
      const error = await called(line.split(' ')).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).to.be.instanceOf(Error).with.property('message', message);
    });
  }

  it('hands flags behind orch resume RUN on as they are', async () => {
    const { calls, err } = await called(['resume', 'last', '-l', 'web', '--diff']);
    expect(err).to.equal('');
    expect(JSON.stringify(calls)).to.include('["last","-l","web","--diff"]');
  });

  for (const line of ['--help', 'run --help', '--version', '-V']) {
    it(`answers orch ${line} on standard output with exit code 0`, async () => {
      const { exit, err, out } = await called(line.split(' '));
      expect({ exit, err }).to.deep.equal({ exit: 0, err: '' });
      expect(out).to.match(/^(Usage: orch|orch \d)/);
    });
  }
});
