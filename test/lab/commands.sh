# The commands of lab.sh, one function each. Sourced by it.
# shellcheck shell=bash disable=SC1090,SC1091,SC2154

cmd__stage1() { stage1 "$@"; }

cmd__start() {
  local try
  for try in 1 2 3; do
    start_one "$1" && return
    echo "node$1: start $try failed" >&2; sed 's/^/  /' "$LAB/$1/boot.log" >&2
    stop "$1"; [ -s "$LAB/$1/pid" ] && kill -KILL "$(cat "$LAB/$1/pid")" 2>/dev/null; sleep 0.3
  done
  return 1
}

cmd_up() {
  [[ ${1:-} =~ ^[0-9]+$ ]] || die "how many hosts? lab.sh up 3"
  local n=$1 from=1 jobs=${JOBS:-4} i new
  local base=${ORCH_LAB_BASE:-/} FIREWALLD=1 ROUTE=1 NICS=2 COUNT=0 ASKER=0
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --base) base=$2; shift ;; --from) from=$2; shift ;; --jobs) jobs=$2; shift ;;
      --no-firewalld) FIREWALLD=0 ;; --no-default-route) ROUTE=0 ;;
      --nics) NICS=$2; shift ;; --count) COUNT=1 ;; --sudo-password) ASKER=1 ;;
      *) die "up knows no option $1" ;;
    esac
    shift
  done
  [[ $NICS == [12] ]] || die "--nics takes 1 or 2"
  install_tools "$base" "$FIREWALLD"
  case $base in */*) ;; *) build_base "$base"; base=$CACHE/$base ;; esac
  [ -x "$base/bin/sh" ] || die "$base is no root file system"
  can_run
  lock
  prepare $((from + n - 1))
  local t0=${EPOCHREALTIME/./}
  for ((i = from; i < from + n; i++)); do
    new="BASE=$base FIREWALLD=$FIREWALLD ROUTE=$ROUTE NICS=$NICS COUNT=$COUNT ASKER=$ASKER"
    if hostpid "$i" >/dev/null; then
      [ "$(cat "$LAB/$i/options")" = "$new" ] || die "node$i runs with other options ($(cat "$LAB/$i/options")); first: lab.sh down"
    else mkdir -p "$LAB/$i" && rm -rf "$LAB/$i/up" "$LAB/$i/wk" && echo "$new" >"$LAB/$i/options"; fi
  done
  # shellcheck disable=SC2046 # a list of numbers
  run_hosts "$jobs" $(seq "$from" $((from + n - 1)))
  echo "$(hosts | wc -l) hosts are up, node$from ($(addr0 "$from")) first, key $LAB/key, in $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
}

# tools [PACKAGE=FILE-OR-COMMAND...]: what tests on this machine itself need besides Node: sshd, sudo, the shells people log in with, and more
cmd_tools() {
  local missing shells=(zsh=zsh fish=fish tcsh=tcsh ksh=ksh mksh=mksh busybox-static=busybox opendoas=doas "$@")
  if [ "$(id -u)" != 0 ]; then
    missing=$(lacking openssh-server=sshd sudo=sudo "${shells[@]}")
    [ -z "$missing" ] || echo "lab: some tests need root and: $missing" >&2
    return 0
  fi
  install_tools / 0
  missing=$(lacking "${shells[@]}")
  # shellcheck disable=SC2086 # a list of names
  [ -z "$missing" ] || install_packages $missing
}

cmd_down() {
  local l value file
  lock
  stop
  # the kernel takes dead network namespaces (and our veth ends) away late: delete the ends, else the next `up` meets them
  if command -v ip >/dev/null; then
    if owned "${PFX}br0" || owned "${PFX}br1"; then
      for l in /sys/class/net/"$PFX"[0-9]*[ab]; do
        l=${l##*/}; [[ $l =~ ^${PFX}[0-9]+[ab]$ ]] && ip link del "$l" 2>/dev/null
      done
    fi
    for l in "${PFX}br0" "${PFX}br1"; do owned "$l" && ip link del "$l"; done
  fi
  [ -f "$LAB/sysctl" ] && tac "$LAB/sysctl" | while read -r value file; do echo "$value" >"$file"; done
  # only what is ours to take away: the tmpfs, never a folder that happens to have the name
  mountpoint -q "$LAB" && { umount "$LAB" 2>/dev/null || umount -l "$LAB"; }
  [ ! -d "$LAB" ] || rmdir "$LAB" || die "$LAB is not the lab's tmpfs and not empty; look at it yourself"
  rm -f "$LOCK"
}

cmd_ssh() {
  local i=${1:?which host?}; shift
  hostpid "$i" >/dev/null || die "node$i does not run; see: lab.sh status" # else the packets would leave this machine
  exec ssh -i "$LAB/key" -o IdentitiesOnly=yes -o UserKnownHostsFile="$LAB/known_hosts" "${LAB_USER:-root}@$(addr0 "$i")" "$@"
}

cmd_exec() { local i=${1:?which host?}; shift; inside "$i" "$@"; }
cmd_addr() { addr0 "${1:?which host?}"; }

cmd_reset() {
  local all i; all=$(chosen "$@") || exit
  lock
  for i in $all; do stop "$i"; rm -rf "${LAB:?}/$i/up" "$LAB/$i/wk"; done
  # shellcheck disable=SC2086 # a list of numbers
  run_hosts "${JOBS:-4}" $all
}

cmd_reboot() {
  local all i; all=$(chosen "$@") || exit
  lock
  for i in $all; do stop "$i"; done
  # shellcheck disable=SC2086 # a list of numbers
  run_hosts "${JOBS:-4}" $all
}

cmd_status() {
  local i p
  for i in $(hosts); do
    if p=$(hostpid "$i"); then echo "node$i up $(addr0 "$i") pid=$p started in $(cat "$LAB/$i/boot_ms") ms, $(cat "$LAB/$i/options")"
    else echo "node$i DEAD $(addr0 "$i")"; fi
  done
}

cmd_mem() {
  local i q kib total
  for i in $(hosts); do
    total=0
    for q in $(our_pids "$i"); do
      kib=$(awk '/^Pss:/ {s = $2} END {print s + 0}' "/proc/$q/smaps_rollup" 2>/dev/null); total=$((total + ${kib:-0}))
    done
    echo "node$i pss_kib=$total files_kib=$(du -sk "$LAB/$i/up" | cut -f1)"
  done
}

cmd_inventory() {
  local yaml=0 user=root range='' i list=()
  while [ $# -gt 0 ]; do
    case $1 in --yaml) yaml=1 ;; --user) user=$2; shift ;; --hosts) range=$2; shift ;; *) die "inventory knows no option $1" ;; esac
    shift
  done
  for i in $(hosts); do
    [ -z "$range" ] || { [ "$i" -ge "${range%-*}" ] && [ "$i" -le "${range#*-}" ]; } || continue
    list+=("$i")
  done
  [ ${#list[@]} -gt 0 ] || die "no such hosts run; first: lab.sh up 3"
  if [ $yaml = 1 ]; then inventory_yaml; else inventory_ini; fi
}

inventory_yaml() {
  local i
  printf 'k3s_cluster:\n  children:\n    servers:\n      hosts:\n'
  for i in "${list[@]}"; do
    echo "        node$i: { ansible_host: $(addr0 "$i"), internal_address: $(addr1 "$i") }"
    [ "$i" = "${list[0]}" ] && [ ${#list[@]} -gt 1 ] && printf '    agents:\n      hosts:\n'
  done
  [ ${#list[@]} -gt 1 ] || printf '    agents: {}\n'
  printf '  vars:\n    ansible_user: %s\n    ansible_ssh_private_key_file: %s/key\n' "$user" "$LAB"
  printf "    ansible_ssh_common_args: '-o UserKnownHostsFile=%s/known_hosts'\n" "$LAB"
  printf '    external_interface: eth0\n    internal_interface: eth1\n'
}

inventory_ini() {
  local i
  echo '[servers]'
  for i in "${list[@]}"; do
    echo "node$i ansible_host=$(addr0 "$i") internal_address=$(addr1 "$i")"
    [ "$i" = "${list[0]}" ] && printf '\n[agents]\n'
  done
  printf '\n[k3s_cluster:children]\nservers\nagents\n\n[k3s_cluster:vars]\nansible_user=%s\nansible_ssh_private_key_file=%s/key\n' "$user" "$LAB"
  printf "ansible_ssh_common_args='-o UserKnownHostsFile=%s/known_hosts'\nexternal_interface=eth0\ninternal_interface=eth1\n" "$LAB"
}

# Now: logins sessions turns pid. `sh -c 'echo $$'` is the newest process of the host, so its number counts all before it.
counters() {
  local p log turns; p=$(hostpid "$1") || die "node$1 does not run"
  log=/proc/$p/root/run/sshd.out turns=/proc/$p/root/run/orch-count/turns
  # shellcheck disable=SC2016 # $$ is the host's
  echo "$(grep -cE '^Accepted [a-z-]+ for ' "$log") $(grep -c '^Starting session: ' "$log") $({ wc -l <"$turns"; } 2>/dev/null || echo 0) $(inside "$1" sh -c 'echo $$')"
}

cmd_count() {
  local i=${1:?which host?} now logins sessions turns pid
  case ${2:-} in
    start) counters "$i" >"$LAB/$i/counters" ;;
    read)
      [ -f "$LAB/$i/counters" ] || die "nothing is counted on node$i; first: lab.sh count $i start"
      read -r logins sessions turns pid <"$LAB/$i/counters"
      now=$(counters "$i"); read -ra now <<<"$now"
      # one process is the reading itself; -1 turns: the host was not started with --count
      . "$LAB/$i/options"; [ "$COUNT" = 1 ] && turns=$((now[2] - turns)) || turns=-1
      printf 'logins=%s\nsessions=%s\nturns=%s\nprocesses=%s\n' $((now[0] - logins)) $((now[1] - sessions)) "$turns" $((now[3] - pid - 1)) ;;
    *) die "count $i start, or count $i read" ;;
  esac
}

cmd_base() {
  local b list=("$@")
  [ "${1:-all}" = all ] && list=("${RELEASES[@]}")
  for b in "${list[@]}"; do build_base "$b"; done
}

# The folder is made here, so two that ask at once get different answers; `down` removes it.
cmd_room() {
  local owner='' n a b
  [ "${1:-}" = --for ] && owner=${2:?which process?}
  cmd_reap
  for n in {1..70}; do
    a=10.$((100 + 2 * n)) b=10.$((101 + 2 * n))
    (refuse_overlap "$a" && refuse_overlap "$b") 2>/dev/null || continue
    [ -e "/sys/class/net/o${n}xbr0" ] && continue
    mkdir "/tmp/orch-lab-$n" 2>/dev/null || continue
    [ -z "$owner" ] || { LAB=/tmp/orch-lab-$n; mount_state; echo "$owner $(born "$owner") $a $b o${n}x" >"$LAB/owner"; }
    printf 'ORCH_LAB=/tmp/orch-lab-%s\nORCH_LAB_NET0=%s\nORCH_LAB_NET1=%s\nORCH_LAB_PREFIX=o%sx\n' "$n" "$a" "$b" "$n"
    return
  done
  die "no room for another lab: all of 10.102 to 10.241 is in use"
}

# born PID: when it started, in clock ticks; tells a process from a later one with its number
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Takes down the labs whose owner was killed before it could do so.
cmd_reap() {
  local file pid start net0 net1 prefix
  for file in /tmp/orch-lab-*/owner; do
    read -r pid start net0 net1 prefix 2>/dev/null <"$file" || continue
    [ "$(born "$pid")" = "$start" ] && continue
    ORCH_LAB=${file%/owner} ORCH_LAB_NET0=$net0 ORCH_LAB_NET1=$net1 ORCH_LAB_PREFIX=$prefix "$BASH" "$self" down >&2
  done
}
