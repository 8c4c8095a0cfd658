import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, Problem } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { readPortItems } from '../firewalld/port-items.ts';
import { type ListenerParams, listenerParams } from './params.ts';
import { FIND_PYTHON } from './probe-script.ts';
import { classesOf } from './targets.ts';

/** Answers on free ports for some seconds, so that others can prove that they got through. */
export const connectivityListener: ActionModule<ListenerParams> = {
  kind: 'action',
  name: 'connectivity_listener',
  params: listenerParams,
  example: `- name: Somebody answers, for twenty seconds
  connectivity_listener:
    roles: [server]
    rows:
      - {ports: 6443/tcp, from: node, to: server, why: Kubernetes API}
  register: listener
`,
  problems: (given): readonly Problem[] => {
    const { rows } = given as { readonly rows?: unknown };
    return Array.isArray(rows) ? readPortItems(rows, '/rows').problems : [];
  },
  script,
  parse,
  // It opens ports for a while: not in check mode, though nothing stays.
  reads: () => false,
};

function script({ rows, roles, samples, seconds }: ListenerParams): Shell {
  const ports = [...new Set(classesOf(rows, undefined, roles, samples).flatMap((c) => c.tried))];
  return lines([
    raw(FIND_PYTHON),
    raw('[ -n "$python" ] || { echo none; exit 0; }'),
    sh`exec "$python" -I -c ${PROGRAM} ${String(seconds)} ${ports}`,
  ]);
}

/** The parent opens the ports and tells; the child, in a session of its own, answers until its time is over. */
const PROGRAM = `
import errno, os, select, socket, sys, time
seconds, ports = int(sys.argv[1]), sys.argv[2:]
nonce = os.urandom(12).hex()
sockets, listening, busy = {}, [], []
for port in ports:
    number, proto = port.split('/')
    if proto not in ('tcp', 'udp'):
        continue
    kind = socket.SOCK_STREAM if proto == 'tcp' else socket.SOCK_DGRAM
    try:
        s = socket.socket(socket.AF_INET6, kind)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        place = ('::', int(number))
    except OSError:
        s = socket.socket(socket.AF_INET, kind)
        place = ('', int(number))
    try:
        s.bind(place)
        if proto == 'tcp':
            s.listen(64)
        s.setblocking(False)
        sockets[s] = proto
        listening.append(port)
    except OSError as e:
        s.close()
        busy.append(port)
print('nonce', nonce)
print('listening', *listening)
print('busy', *busy)
sys.stdout.flush()
if not sockets or os.fork():
    os._exit(0)
os.setsid()
null = os.open(os.devnull, os.O_RDWR)
for fd in (0, 1, 2):
    os.dup2(null, fd)
end = time.monotonic() + seconds
answer = ('orch ' + nonce + chr(10)).encode()
while True:
    left = end - time.monotonic()
    if left <= 0:
        os._exit(0)
    for s in select.select(list(sockets), [], [], left)[0]:
        try:
            if sockets[s] == 'tcp':
                c, _ = s.accept()
                c.setblocking(False)
                c.send(answer)
                c.close()
            else:
                _, who = s.recvfrom(512)
                s.sendto(answer, who)
        except OSError:
            pass
`;

function parse(reply: Reply): ActionResult {
  const said = reply.stdout.toString('utf8').trim();
  if (reply.exit !== 0) {
    return {
      changed: false,
      failed: 'the listener did not start',
      data: { nonce: '', listening: [] },
    };
  }
  if (said === 'none') {
    const message = 'no python3 here: nothing listens, reachability is judged without proof';
    return { changed: false, skipped: message, data: { nonce: '', listening: [], busy: [] } };
  }
  const words = new Map(
    said.split('\n').map((line) => {
      const [key = '', ...rest] = line.split(' ');
      return [key, rest.filter((word) => word !== '')] as const;
    }),
  );
  return {
    changed: false,
    data: {
      nonce: words.get('nonce')?.[0] ?? '',
      listening: words.get('listening') ?? [],
      busy: words.get('busy') ?? [],
    },
  };
}
