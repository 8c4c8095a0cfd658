import { type Shell, lines, raw, sh } from '../../lib/shell.ts';

/** One address to knock at, with single ports such as `443/tcp`. */
export interface Target {
  readonly address: string;
  readonly ports: readonly string[];
  /** What a listener of ours answers there; empty when there is none. */
  readonly nonce: string;
}

/**
 * One script and one process for all targets of a host. Targets are tried at the same time, the ports of one first all
 * at once and then, those that stayed silent, one after the other: hosts answer few refusals at a time (about six, then
 * one a second), and a probe that is not patient would take a rejected port for a silent one. That patience has an end
 * (four times the seconds for an answer, for each target): what is silent then is knocked at once more, all at once, and
 * told as `silent` where the target refused others. So a host needs no longer for many targets than for one.
 * Prints `tool NAME` and a line `ADDRESS PORT/PROTO RESULT` for each port.
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
import errno, os, resource, select, socket, sys, threading, time
patience = float(sys.argv[1])
NAMES = {errno.ECONNREFUSED: 'refused', errno.EHOSTUNREACH: 'rejected', errno.ENETUNREACH: 'unreachable',
         errno.EPERM: 'denied_local', errno.EACCES: 'denied_local', errno.ETIMEDOUT: 'timeout'}
lock = threading.Lock()
def tell(address, port, result):
    with lock:
        print(address, port, result)
def opened(address, port):
    number, proto = port.split('/')
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM if proto == 'tcp' else socket.SOCK_DGRAM)
    s.setblocking(False)
    if proto == 'tcp':
        # IP_RECVERR, IPV6_RECVERR: the kernel keeps who refused.
        s.setsockopt(*((41, 25, 1) if family == socket.AF_INET6 else (0, 11, 1)))
    return s, (address, int(number)), proto
def knock(address, port, nonce):
    try:
        s, place, proto = opened(address, port)
    except OSError:
        return None, 'error'
    try:
        code = s.connect_ex(place)
        if code not in (0, errno.EINPROGRESS):
            return s, NAMES.get(code, 'error')
        if proto == 'udp':
            s.send(b'orch-probe ' + nonce.encode())
        return s, None
    except OSError as e:
        return s, NAMES.get(e.errno, 'error')
def ready(wanted, seconds):
    # poll, not select: that knows no descriptors above 1023.
    p = select.poll()
    for s, port in wanted.items():
        p.register(s, select.POLLIN if port.endswith('/udp') else select.POLLOUT)
    found = {fd for fd, _ in p.poll(max(0, int(seconds * 1000)))}
    return [s for s in wanted if s.fileno() in found]
def icmp(s):
    # (code, who sent it) of the ICMP error that the kernel kept.
    try:
        kept = s.recvmsg(1, 512, 0x2000)[1]
    except OSError:
        return None
    for _, _, said in kept:
        if len(said) > 23 and said[4] == 2:
            return said[6], socket.inet_ntop(socket.AF_INET, said[20:24])
        if len(said) > 39 and said[4] == 3:
            return said[6], socket.inet_ntop(socket.AF_INET6, said[24:40])
    return None
def named(s, code, port):
    name = NAMES.get(code, 'error')
    said = icmp(s) if port.endswith('/tcp') and name in ('refused', 'rejected') else None
    # A host refuses TCP by a reset. A refusal by ICMP ("port unreachable") is a firewall's.
    if name == 'refused':
        return 'rejected' if said else name
    # "No such host" from this very host: nobody there answered to the address (ARP, neighbour discovery).
    if name == 'rejected' and said and said[0] in (1, 3) and said[1] == s.getsockname()[0]:
        return 'timeout'
    return name
def answer(s, port, nonce):
    code = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return named(s, code, port)
    if port.endswith('/tcp') and nonce == '-':
        return 'open'
    try:
        if port.endswith('/tcp'):
            ready({s: '/udp'}, min(patience, 1.0))
        said = s.recv(256).decode('ascii', 'replace')
    except BlockingIOError:
        return 'open' if port.endswith('/tcp') else None
    except OSError as e:
        return 'open' if port.endswith('/tcp') else NAMES.get(e.errno, 'error')
    return 'proven' if nonce != '-' and nonce in said else 'open'
def wait(waiting, nonce, seconds, done):
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        for s in ready(waiting, end - time.monotonic()):
            result = answer(s, waiting[s], nonce)
            if result:
                done(waiting.pop(s), result)
                s.close()
def together(address, nonce, ports, seconds, done):
    waiting = {}
    for port in ports:
        s, result = knock(address, port, nonce)
        if result:
            done(port, result)
            if s:
                s.close()
        else:
            waiting[s] = port
    wait(waiting, nonce, seconds, done)
    left = [port for port in ports if port in waiting.values()]
    for s in waiting:
        s.close()
    return left
def target(address, nonce, ports):
    results = {}
    def done(port, result):
        results[port] = result
        tell(address, port, result)
    left = together(address, nonce, ports, min(patience, 0.6), done)
    end = time.monotonic() + 4 * patience
    silent = 0
    while left and time.monotonic() < end:
        port = left.pop(0)
        # Three silent ones in a row: this one drops, and patience with each of the others brings no more.
        if together(address, nonce, [port], patience if silent < 3 else min(patience, 0.6), done):
            done(port, 'timeout')
            silent += 1
        else:
            silent = 0
    # Nothing that gets through takes so long: what is silent now is stopped, in one way or the other.
    for port in together(address, nonce, left, patience, done):
        done(port, 'silent' if 'rejected' in results.values() else 'timeout')
targets = [words for words in (line.split() for line in sys.stdin) if len(words) > 2]
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if hard == resource.RLIM_INFINITY or hard > 65536:
    hard = 65536
if soft < hard:
    soft = hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
most = max([len(words) for words in targets], default=1)
def worker():
    while True:
        with lock:
            if not targets:
                return
            words = targets.pop(0)
        target(words[0], words[1], words[2:])
threads = [threading.Thread(target=worker) for _ in range(max(1, min(len(targets), 256, (soft - 32) // most)))]
for t in threads:
    t.start()
for t in threads:
    t.join()
`;

/**
 * Without python: TCP only, targets at the same time, ports of one after the other; after three silent ones in a row, or
 * when all the patience for a target is spent, with little patience for each.
 */
const BASH = `
export LC_ALL=C
seconds=$1
target() {
  local address=$1 port said result silent=0 rejected= patience end=$((SECONDS + 15))
  shift 2
  for port; do
    case $port in */udp) echo "$address $port untried"; continue;; esac
    patience=$seconds
    if [ $silent -ge 3 ] || [ $SECONDS -ge $end ]; then patience=0.6; fi
    said=$(timeout "$patience" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "\${port%/*}" 2>&1)
    case $?:$said in
      0:*) result=open ;;
      124:*) result=timeout ;;
      *refused*) result=refused ;;
      *'No route to host'*) result=rejected rejected=yes ;;
      *'etwork is unreachable'*) result=unreachable ;;
      *'not permitted'*|*'ermission denied'*) result=denied_local ;;
      *) result=error ;;
    esac
    if [ $result = timeout ]; then silent=$((silent + 1)); else silent=0; fi
    if [ $result = timeout ] && [ -n "$rejected" ] && [ $SECONDS -ge $end ]; then result=silent; fi
    echo "$address $port $result"
  done
}
while read -r address nonce ports; do
  [ -n "$ports" ] || continue
  target "$address" "$nonce" $ports &
done
wait
`;
