#!/bin/bash
# bench/guide: both networking guides with orch, with the floor by hand, with Ansible and pyinfra, on the same lab hosts.
#
#   npm run bench -- [--hosts 10] [--rounds 5] [--repeats 3] [--peers orch,floor,ansible,mitogen,pyinfra]
#
# Each round and guide: every contender in turn changes hosts that were reset, then every contender in turn runs again on
# hosts that are as wanted; orch and the floor, which are short, `repeats` times alternately. A Markdown table goes to
# stdout, what happens to stderr, every run to rows.tsv in the folder that is named. Needs root; docs/performance.md.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
hosts=10 rounds=5 repeats=3 peers=orch,floor,ansible,mitogen,pyinfra
while [ $# -gt 0 ]; do
  case $1 in
    --hosts) hosts=$2 ;; --rounds) rounds=$2 ;; --repeats) repeats=$2 ;; --peers) peers=$2 ;;
    *) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; exit 2 ;;
  esac
  shift 2
done
IFS=, read -ra contenders <<<"$peers"
say() { echo "bench: $*" >&2; }
die() { say "$*"; exit 1; }
chosen() { [[ ,$peers, == *,$1,* ]]; }
lab() { bash "$repo/test/lab/lab.sh" "$@"; }
work=$(mktemp -d "${TMPDIR:-/tmp}/orch-bench.XXXXXX")
. "$here/peers.sh"

build() {
  say 'building orch and the floor'
  (cd "$repo" && node scripts/build.mjs >&2) && cp -r "$repo/dist" "$work/orch" || die 'orch does not build'
  node "$here/build-floor.mjs" "$work/floor.mjs" || die 'the floor does not build'
}

# A lab of the bench's own, taken down in the end even when this is interrupted.
start_lab() {
  local room; room=$(lab room --for $$) || die 'no room for a lab'
  set -a; eval "$room"; set +a
  trap 'lab down >&2' EXIT; trap 'exit 130' INT TERM
  lab up "$hosts" >&2 || die 'the lab does not start'
  mkdir "$work/inventory"
  lab inventory --yaml >"$work/inventory/lab.yml"; lab inventory >"$work/inventory-ansible.ini"
  addresses=(); for ((i = 1; i <= hosts; i++)); do addresses+=("$(lab addr "$i")"); done
}

# command CONTENDER GUIDE: sets `cmd`, and prepares a cold start
command_of() {
  case $1 in
    orch) cmd=(env "ORCH_STATE_DIR=$work/state" node "$work/orch/main.js" run "$repo/playbooks/$2.yml" -i "$work/inventory/lab.yml") ;;
    floor) cmd=(node "$work/floor.mjs" "$2" "$ORCH_LAB/key" "$ORCH_LAB/known_hosts" "${addresses[@]}") ;;
    *) peer_command "$1" "$2" ;;
  esac
}

# changed CONTENDER FILE: how many hosts or things it says it changed; what it does not say counts as nothing
changed() {
  case $1 in
    floor) sed -n 's/^changed=//p' "$2" ;;
    pyinfra) sed 's/\x1b\[[0-9;]*m//g' "$2" | grep -c 'Success$' ;;
    *) grep -o 'changed=[0-9]*' "$2" | cut -d= -f2 | awk '{ n += $1 } END { print n + 0 }' ;;
  esac
}

# measure ROUND GUIDE STATE CONTENDER: one run, one line of rows.tsv
measure() {
  local out=$work/out.$2.$3.$4 rc start end user sys kib n processes
  command_of "$4" "$2"
  lab count 1 start; start=$EPOCHREALTIME
  (cd "$work" && exec /usr/bin/time -o "$work/time" -f '%U %S %M' "${cmd[@]}") >"$out" 2>&1 </dev/null; rc=$?
  end=$EPOCHREALTIME
  processes=$(lab count 1 read | sed -n 's/^processes=//p')
  read -r user sys kib < <(tail -1 "$work/time")
  n=$(changed "$4" "$out")
  [ "$rc" = 0 ] || die "$4 ($2, $3) ended with $rc: $(tail -5 "$out")"
  case $3 in
    changing) [ "${n:-0}" -gt 0 ] || die "$4 ($2) says it changed nothing on fresh hosts: $out" ;;
    converged) [ "${n:-0}" = 0 ] || die "$4 ($2) changed $n things on hosts that were as wanted: $out" ;;
  esac
  awk -v s="$start" -v e="$end" -v u="$user" -v y="$sys" -v k="$kib" -v OFS='\t' -v a="$1" -v b="$2" -v c="$3" -v d="$4" -v p="$processes" \
    'BEGIN { print a, b, c, d, sprintf("%.3f", e - s), u + y, sprintf("%.0f", k / 1024), p }' | tee -a "$work/rows.tsv" >&2
}

# verify GUIDE CONTENDER: firewall-cmd itself is asked, by the lab's reader that shares no code with orch
verify() {
  (cd "$repo" && exec node --import tsx "$here/verify.ts" "$1" "$hosts") || die "$2 left hosts that are not as the guide wants them ($1)"
}

round() { # round NUMBER GUIDE
  local c i
  for c in "${contenders[@]}"; do
    lab reset all >/dev/null || die 'the lab does not reset'
    measure "$1" "$2" changing "$c"
    [ "$1" != 1 ] || verify "$2" "$c"
  done
  command_of orch "$2"; "${cmd[@]}" >&/dev/null || die 'orch cannot bring the hosts to where all agree'
  for ((i = 1; i <= repeats; i++)); do
    for c in "${contenders[@]}"; do
      case $c in orch | floor) measure "$1" "$2" converged "$c" ;; esac
    done
  done
  for c in "${contenders[@]}"; do
    case $c in orch | floor) ;; *) measure "$1" "$2" converged "$c" ;; esac
  done
}

[ -x /usr/bin/time ] || apt_install time
build
prepare_peers
start_lab
say "rows in $work/rows.tsv; load $(cut -d' ' -f1-3 /proc/loadavg)"
load=$(cut -d' ' -f1-3 /proc/loadavg)
for ((r = 1; r <= rounds; r++)); do
  for guide in segregated shared; do round "$r" "$guide"; done
done
echo "$hosts hosts, $rounds rounds, $(date -u +%F), $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), load before $load, after $(cut -d' ' -f1-3 /proc/loadavg)"
echo
echo "$(versions)"
echo
node "$here/table.mjs" "$work/rows.tsv"
