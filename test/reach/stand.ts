import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../../src/model/module.ts';
import type { Reply } from '../../src/model/transport.ts';
import { CLIENT, CLIENT_READY, type Line, PORTS, routesReady } from './lines.ts';

const LAB = fileURLToPath(new URL('../lab/lab.sh', import.meta.url));

/** A shell that stays open in a host: a start of its own for each script would take longer than what it is for. */
interface Open {
  readonly child: ChildProcessWithoutNullStreams;
  turn: Promise<unknown>;
}

const open = new Map<number, Open>();

/** Runs a script on a host of the lab, as the far end of a session would: by sh, with empty input. */
export function on(host: number, script: string): Promise<Reply> {
  const shell = open.get(host) ?? start(host);
  const reply = shell.turn.then(() => say(shell.child, script));
  shell.turn = reply;
  return reply;
}

function start(host: number): Open {
  const child = spawn('bash', [LAB, 'exec', String(host), 'sh'], { stdio: 'pipe' });
  const shell = { child, turn: Promise.resolve() };
  open.set(host, shell);
  return shell;
}

/** Ends the shells. */
export function hangUp(): void {
  for (const { child } of open.values()) child.stdin.end();
  open.clear();
}

const END = '\n@@ended ';

function say(child: ChildProcessWithoutNullStreams, script: string): Promise<Reply> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const text = script.replaceAll("'", String.raw`'\''`);
  return new Promise((resolve, reject) => {
    const done = (): void => {
      const [stdout, stderr] = [Buffer.concat(out), Buffer.concat(err)];
      const at = stdout.lastIndexOf(END);
      if (at < 0 || stdout.at(-1) !== 10 || !stderr.includes(END)) return;
      child.stdout.removeAllListeners('data');
      child.stderr.removeAllListeners('data');
      child.removeAllListeners('close');
      const exit = Number(stdout.subarray(at + END.length).toString());
      const said = stderr.subarray(0, stderr.lastIndexOf(END));
      resolve({ stdout: stdout.subarray(0, at), stderr: said, exit });
    };
    child.once('close', () =>
      reject(new Error(`the shell ended: ${Buffer.concat(err).toString()}`)),
    );
    child.stdout.on('data', (bytes: Buffer) => {
      out.push(bytes);
      done();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      err.push(bytes);
      done();
    });
    child.stdin.write(
      `( eval '${text}' ) </dev/null; printf '\\n@@ended %s\\n' $?; printf '\\n@@ended \\n' >&2\n`,
    );
  });
}

/** What a script printed; throws when it failed. */
export async function told(host: number, script: string): Promise<string> {
  const { stdout, stderr, exit } = await on(host, script);
  if (exit !== 0) throw new Error(`exit ${exit}: ${stderr.toString()}\n${script}`);
  return stdout.toString();
}

const CALL =
  'busctl --system --timeout=60 call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1';

/** The script that reloads firewalld. */
export const RELOAD = `${CALL} reload >/dev/null`;

/** A host as it was first started, but for sshd, which listens on all the ports. */
export const freshen = (host: number): string => `cd /etc/firewalld
rm -rf zones/* policies/* ipsets/* services/* direct.xml
sed -i 's/^DefaultZone=.*/DefaultZone=public/' firewalld.conf
${routesReady(host)}`;

/**
 * Keeps programs in Python loaded, and runs each in a process of its own: starting the interpreter takes ten times as
 * long as what firewall-cmd does.
 */
const WARM = `import os, runpy, shlex, sys
import argparse, dbus, gi, errno, select, socket, time
import firewall.client, firewall.command
for way in ('in', 'out'): os.mkfifo('/run/warm.' + way)
print('ready', flush=True)
os.setsid()
while True:
    with open('/run/warm.in') as asked: line = asked.read()
    pid = os.fork()
    if pid == 0:
        out = os.open('/run/warm.out', os.O_WRONLY)
        for fd in (1, 2): os.dup2(out, fd)
        sys.argv = shlex.split(line)
        code = 0
        try: runpy.run_path(sys.argv[0], run_name='__main__')
        except SystemExit as end: code = end.code
        print('@exit', code or 0, flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
`;

/** Starts that on a host, and makes `warm PROGRAM ARGUMENTS` of it. */
const warmed = (program: string): string => `cat >/run/warm.py <<'E'
${program}E
python3 /run/warm.py </dev/null >/run/warm.log 2>&1 &
n=0; until grep -qs ready /run/warm.log || [ $n -gt 300 ]; do n=$((n + 1)); sleep 0.1; done
grep -q ready /run/warm.log || { cat /run/warm.log >&2; exit 1; }`;

/** `firewall-cmd`, the program itself, kept loaded. Takes its arguments as one text, quoted as for the shell. */
export const firewallCmd = (args: string): string => warm(`/usr/bin/firewall-cmd ${args}`);

const warm = (line: string): string =>
  `printf '%s' '${line.replaceAll("'", String.raw`'\''`)}' >/run/warm.in; cat /run/warm.out`;

/** What it printed, without its exit status; throws when it failed. */
export function printed(text: string): string {
  const [, before = '', code = ''] = /^([^]*)@exit (\d+)\n$/.exec(text) ?? [];
  if (code !== '0') throw new Error(`exit ${code}: ${text}`);
  return before;
}

/** Starts sshd on the other ports, and gives the client its addresses. */
export async function prepare(hosts: readonly number[]): Promise<void> {
  await told(CLIENT, `${CLIENT_READY}\ncat >/run/knock.py <<'E'\n${KNOCK}E\n${warmed(WARM)}`);
  const others = PORTS.slice(1).map((port) => `/usr/sbin/sshd -p ${port}`);
  for (const host of hosts) await told(host, `${others.join('\n')}\n${warmed(WARM)}`);
}

/** Tries all lines and ports at once, and prints `name port answer` for each. */
const KNOCK = `import errno, select, socket, sys, time
patience = float(sys.argv[1])
open_ = {}
for word in sys.argv[2:]:
    name, client, server, port = word.split(',')
    s = socket.socket(socket.AF_INET6 if ':' in server else socket.AF_INET)
    s.setblocking(False)
    s.bind((client, 0))
    error = s.connect_ex((server, int(port)))
    if error in (0, errno.EINPROGRESS): open_[s] = (name, port)
    else: print(name, port, errno.errorcode[error])
end = time.monotonic() + patience
while open_ and time.monotonic() < end:
    for s in select.select([], list(open_), [], max(0, end - time.monotonic()))[1]:
        error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        print(*open_.pop(s), errno.errorcode[error] if error else 'open')
        s.close()
for name, port in open_.values(): print(name, port, 'silent')
`;

/** Answers of a host by `line port`: `open`, or how it is shut. */
export type Answers = ReadonlyMap<string, string>;

/** New TCP connections of the client to sshd, by each line and port. */
export async function knock(lines: readonly Line[], seconds = 0.5): Promise<Answers> {
  const words = lines.flatMap(({ name, client, server }) =>
    PORTS.map((port) => `${name},${client},${server},${port}`),
  );
  const text = printed(await told(CLIENT, warm(`/run/knock.py ${seconds} ${words.join(' ')}`)));
  return new Map(
    text
      .trim()
      .split('\n')
      .map((row) => {
        const [name = '', port = '', answer = ''] = row.split(' ');
        return [`${name} ${port}`, answer];
      }),
  );
}

/** Guard and steps of plans in order, as one script; the first that fails ends it. */
export function scriptOf(plans: readonly Plan[]): string {
  const parts = plans.flatMap(({ guard, steps }) => [
    ...(guard ? [guard.text] : []),
    ...steps.map((step) => step.do.text),
  ]);
  return parts
    .map((text) => `( eval "$(cat <<'ORCH-PART'\n${text}\nORCH-PART\n)" ) || exit`)
    .join('\n');
}
