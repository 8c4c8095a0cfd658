import { type Shell, lines, raw, sh } from '../../lib/shell.ts';

/** One address to knock at, with single ports such as `443/tcp`. */
export interface Target {
  readonly address: string;
  readonly ports: readonly string[];
  /** What a listener of ours answers there; empty when there is none. */
  readonly nonce: string;
}

/**
 * One script for all targets of a host. Targets are tried at the same time, the ports of one first all at once and
 * then, those that stayed silent, one after the other: hosts answer few refusals at a time (about six, then one a
 * second), and a probe that is not patient would take a rejected port for a silent one.
 * Prints `tool NAME` and a line `ADDRESS PORT/PROTO RESULT MILLISECONDS` for each port.
 */
export const probeScript = (targets: readonly Target[], seconds: number): Shell =>
  lines([
    raw(FIND_PYTHON),
    raw('if [ -n "$python" ]; then echo "tool $python"'),
    sh`"$python" -I -c ${PROGRAM} ${String(seconds)} <<'ORCH_TARGETS'`,
    raw(targetLines(targets)),
    raw('ORCH_TARGETS'),
    raw('elif command -v bash >/dev/null 2>&1; then echo "tool bash"'),
    sh`bash -c ${BASH} bash ${String(seconds)} <<'ORCH_TARGETS'`,
    raw(targetLines(targets)),
    raw('ORCH_TARGETS'),
    raw('else exit 127; fi'),
  ]);

/** Sets `python` to an interpreter of the host; empty when there is none. Red Hat hides the one firewalld runs on. */
export const FIND_PYTHON = `python=
for p in python3 /usr/libexec/platform-python; do
  command -v "$p" >/dev/null 2>&1 && python=$p && break
done`;

/** `ADDRESS NONCE PORT...`; a nonce that is not there is a dash. Addresses and ports hold no blanks: they were checked. */
const targetLines = (targets: readonly Target[]): string =>
  targets
    .map(({ address, nonce, ports }) => [address, nonce || '-', ...ports].join(' '))
    .join('\n');

const PROGRAM = `
import errno, select, socket, sys, threading, time
patience = float(sys.argv[1])
NAMES = {errno.ECONNREFUSED: 'refused', errno.EHOSTUNREACH: 'rejected', errno.ENETUNREACH: 'unreachable',
         errno.EPERM: 'denied_local', errno.EACCES: 'denied_local', errno.ETIMEDOUT: 'timeout'}
lock = threading.Lock()
def tell(address, port, result, start):
    with lock:
        print(address, port, result, int((time.monotonic() - start) * 1000))
def opened(address, port):
    number, proto = port.split('/')
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM if proto == 'tcp' else socket.SOCK_DGRAM)
    s.setblocking(False)
    return s, (address, int(number)), proto
def knock(address, port, nonce):
    s, place, proto = opened(address, port)
    try:
        code = s.connect_ex(place)
        if code not in (0, errno.EINPROGRESS):
            return s, NAMES.get(code, 'error')
        if proto == 'udp':
            s.send(b'orch-probe ' + nonce.encode())
        return s, None
    except OSError as e:
        return s, NAMES.get(e.errno, 'error')
def answer(s, port, nonce):
    code = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return NAMES.get(code, 'error')
    if port.endswith('/tcp') and nonce == '-':
        return 'open'
    try:
        if port.endswith('/tcp'):
            select.select([s], [], [], min(patience, 1.0))
        said = s.recv(256).decode('ascii', 'replace')
    except BlockingIOError:
        return 'open' if port.endswith('/tcp') else None
    except OSError as e:
        return 'open' if port.endswith('/tcp') else NAMES.get(e.errno, 'error')
    return 'proven' if nonce != '-' and nonce in said else 'open'
def wait(waiting, nonce, seconds, done):
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        r = [s for s, p in waiting.items() if p.endswith('/udp')]
        w = [s for s, p in waiting.items() if p.endswith('/tcp')]
        ready = select.select(r, w, [], max(0.0, end - time.monotonic()))
        for s in ready[0] + ready[1]:
            result = answer(s, waiting[s], nonce)
            if result:
                done(waiting.pop(s), result)
                s.close()
def target(address, nonce, ports):
    start = time.monotonic()
    results = {}
    def done(port, result):
        results[port] = result
        tell(address, port, result, start)
    waiting = {}
    for port in ports:
        s, result = knock(address, port, nonce)
        if result:
            done(port, result)
            s.close()
        else:
            waiting[s] = port
    wait(waiting, nonce, min(patience, 0.6), done)
    left = [waiting[s] for s in waiting]
    for s in waiting:
        s.close()
    silent = 0
    for port in sorted(left, key=ports.index):
        # Three silent ones in a row: this one drops, and patience with each of the others brings no more.
        seconds = patience if silent < 3 else min(patience, 0.6)
        s, result = knock(address, port, nonce)
        if result:
            done(port, result)
        else:
            one = {s: port}
            wait(one, nonce, seconds, done)
            if one:
                done(port, 'timeout')
                silent += 1
            else:
                silent = 0
        s.close()
threads = []
for line in sys.stdin:
    words = line.split()
    if len(words) > 2:
        t = threading.Thread(target=target, args=(words[0], words[1], words[2:]))
        t.start()
        threads.append(t)
for t in threads:
    t.join()
`;

/** Without python: TCP only, targets at the same time, ports of one after the other. */
const BASH = `
export LC_ALL=C
seconds=$1
port() {
  local p=\${2%/*} said start=$EPOCHREALTIME result
  case $2 in */udp) echo "$1 $2 untried 0"; return;; esac
  said=$(timeout "$seconds" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$p" 2>&1)
  case $?:$said in
    0:*) result=open ;;
    124:*) result=timeout ;;
    *refused*) result=refused ;;
    *'No route to host'*) result=rejected ;;
    *'etwork is unreachable'*) result=unreachable ;;
    *'not permitted'*) result=denied_local ;;
    *) result=error ;;
  esac
  echo "$1 $2 $result $(( (\${EPOCHREALTIME/./} - \${start/./}) / 1000 ))"
}
while read -r address nonce ports; do
  [ -n "$ports" ] || continue
  { for p in $ports; do port "$address" "$p"; done; } &
done
wait
`;
