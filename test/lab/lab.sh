#!/bin/bash
# lab.sh - real hosts on one machine: sshd, dbus-daemon and firewalld (nftables), each host in namespaces of its own.
# No systemd in them, no container engine, no kernel modules. Needs root. More: test/lab/README.md
#
#   up N [--base bullseye|bookworm|trixie|DIR] [--no-firewalld] [--nics 1] [--no-default-route]
#        [--sudo-password] [--count] [--from I] [--jobs J]     start node1..nodeN (those that run already are left alone)
#   down                      stop the hosts, remove all state; harmless when nothing runs
#   ssh I [CMD...]            log in to host I as root (LAB_USER=deploy for another)
#   exec I CMD...             run CMD as root inside host I, not over ssh; empty environment
#   reset I...|all            the host as it was first started: firewall, files, processes; same address and key
#   reboot I...|all           restart it with the files it has: run-time state is lost, /etc stays
#   inventory [--yaml] [--user U] [--hosts A-B]                 an inventory of the running hosts, on stdout
#   count I start|read        what the host itself saw since `start`: logins, sessions, turns, processes
#   base NAME...|all          build root file systems of other Debian releases in ${ORCH_LAB_CACHE:-/var/cache/orch-lab}
#   tools [PACKAGE=FILE...]   install what tests on this machine itself need (sshd, sudo, login shells, and more)
#   status | mem | addr I | reap
#   vm COMMAND...             real virtual machines, with systemd and reboots: lab.sh vm
#   room [--for PID]          reserve a second lab beside the first: prints the four settings below. With --for, the lab may
#                             be taken away once that process has ended: by `reap`, and by the next `room`
#
# Host I is nodeI: eth0 10.90.x.y/16 (this machine is 10.90.0.1), eth1 10.91.x.y/16 (this machine is not in it).
# A second lab beside the first: ORCH_LAB=DIR ORCH_LAB_NET0=10.92 ORCH_LAB_NET1=10.93 ORCH_LAB_PREFIX=ox
set -u
self=$(readlink -f "${BASH_SOURCE[0]}") here=${self%/*}
LAB=${ORCH_LAB:-/tmp/orch-lab} NETA=${ORCH_LAB_NET0:-10.90} NETB=${ORCH_LAB_NET1:-10.91} PFX=${ORCH_LAB_PREFIX:-or}
export ORCH_LAB=$LAB ORCH_LAB_NET0=$NETA ORCH_LAB_NET1=$NETB ORCH_LAB_PREFIX=$PFX
MARK=run/orch-lab-host # in a host's root, holds "$LAB I": tells our processes from all others, whatever their pid

die() { echo "lab: $*" >&2; exit 1; }
# shellcheck source=test/lab/install.sh
. "$here/install.sh"

octets() { echo "$(($1 / 200)).$(($1 % 200 + 10))"; }
addr0() { echo "$NETA.$(octets "$1")"; }
addr1() { echo "$NETB.$(octets "$1")"; }
hosts() { local d; for d in "$LAB"/[0-9]*/; do [ -d "$d" ] && d=${d%/} && echo "${d##*/}"; done | sort -n; }

# hostpid I: the pid of its first process as seen here; fails when the host does not run
hostpid() {
  local p mark
  read -r p 2>/dev/null <"$LAB/$1/pid" && [ -n "$p" ] && read -r mark 2>/dev/null <"/proc/$p/root/$MARK" &&
    [ "$mark" = "$LAB $1" ] && echo "$p"
}

inside() { # inside I CMD...
  local p
  p=$(hostpid "$1") || die "node$1 does not run; see: lab.sh status"
  shift
  nsenter -t "$p" -m -n -p -u -i -r -w -- /usr/bin/env -i HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

chosen() { # chosen I...|all
  [ $# -gt 0 ] || die "name hosts by number, or all"
  [ "$1" = all ] && { hosts; return; }
  local i; for i; do [ -d "$LAB/$i" ] || die "there is no host $i"; echo "$i"; done
}

# One command at a time changes a lab; the hosts must not inherit the lock. `down` removes the file, so look if it is still that one.
LOCK=/run/lock/orch-lab${LAB//\//-}
lock() {
  mkdir -p /run/lock
  until exec 9>"$LOCK" && flock 9 && [ "$LOCK" -ef /proc/self/fd/9 ]; do sleep 0.05; done
}

# ---- the machine's side -------------------------------------------------------------------------------------------

owned() { [ "$(cat "/sys/class/net/$1/ifalias" 2>/dev/null)" = "orch-lab $LAB" ]; }

number() { local a b c d; IFS=. read -r a b c d <<<"$1"; echo $(((${a:-0} << 24) + (${b:-0} << 16) + (${c:-0} << 8) + ${d:-0})); }

# refuse_overlap NET: no address or route of this machine may touch NET.0.0/16, but those of our own bridges
refuse_overlap() {
  local net prefix dev bits mask
  net=$(number "$1")
  while read -r prefix dev; do
    { [ "$dev" = "${PFX}br0" ] || [ "$dev" = "${PFX}br1" ]; } && owned "$dev" && continue
    bits=32; [[ $prefix == */* ]] && bits=${prefix#*/}
    [ "$bits" -eq 0 ] && continue
    [ "$bits" -gt 16 ] && bits=16
    mask=$(((0xffffffff << (32 - bits)) & 0xffffffff))
    [ $((net & mask)) -eq $(($(number "${prefix%/*}") & mask)) ] &&
      die "$1.0.0/16 is in use on this machine ($prefix on $dev); choose others: ORCH_LAB_NET0=10.92 ORCH_LAB_NET1=10.93"
  done < <(
    ip -4 -o addr | awk '{print $4, $2}'
    ip -4 route show table all | awk '{p = ($1 ~ /^[0-9]/) ? $1 : $2; if (p !~ /^[0-9]/) next
      d = "?"; for (i = 1; i < NF; i++) if ($i == "dev") d = $(i + 1); print p, d}'
  )
  return 0
}

# raise FILE VALUE: at least VALUE; the former one is noted for `down`
raise() {
  local old; old=$(cat "$1" 2>/dev/null) || return 0
  [ "$old" -ge "$2" ] || { echo "$old $1" >>"$LAB/sysctl"; echo "$2" >"$1"; }
}

mount_state() {
  mkdir -p "$LAB"
  mountpoint -q "$LAB" || mount -t tmpfs -o "mode=755,size=${ORCH_LAB_SIZE:-16g}" orch-lab "$LAB" ||
    die "cannot mount a tmpfs on $LAB; is this a container without CAP_SYS_ADMIN?"
}

prepare() { # prepare N: bridges, state folder, limits
  local b
  refuse_overlap "$NETA"; refuse_overlap "$NETB"
  for b in "${PFX}br0" "${PFX}br1"; do
    [ ! -e "/sys/class/net/$b" ] || owned "$b" || die "the interface $b is not this lab's; choose a prefix: ORCH_LAB_PREFIX=ox"
  done
  mount_state
  [ -f "$LAB/key" ] || ssh-keygen -q -t ed25519 -N '' -C orch-lab -f "$LAB/key"
  for b in "${PFX}br0" "${PFX}br1"; do
    [ -e "/sys/class/net/$b" ] ||
      { ip link add "$b" type bridge && ip link set "$b" alias "orch-lab $LAB" && ip link set "$b" up; } || die "cannot make the bridge $b"
  done
  ip addr replace "$NETA.0.1/16" dev "${PFX}br0"
  [ "$1" -lt 20 ] && return # what follows is for many hosts: inotify instances of root, neighbours, terminals
  raise /proc/sys/fs/inotify/max_user_instances 4096
  raise /proc/sys/net/ipv4/neigh/default/gc_thresh3 8192
  raise /proc/sys/net/ipv4/neigh/default/gc_thresh2 4096
  raise /proc/sys/net/ipv4/neigh/default/gc_thresh1 2048
  raise /proc/sys/kernel/pty/max 8192
}

# ---- one host -----------------------------------------------------------------------------------------------------

# Becomes pid 1 of a host: in new namespaces, builds its root and moves into it.
# shellcheck disable=SC1091,SC2153 # the options file sets BASE
stage1() {
  local i=$1 H="$LAB/$1" R="$LAB/$1/root" d
  . "$H/options"
  # /proc is still the machine's here, so this is our pid as the machine sees it (cd is builtin: no child's pid)
  cd -P /proc/self && echo "${PWD#/proc/}" >"$H/pid.new" && mv "$H/pid.new" "$H/pid"
  mount --make-rprivate /
  mkdir -p "$H/up" "$H/wk" "$R"
  # the upper folder must be on another file system (the lab's tmpfs) than the lower one: else ELOOP
  mount -t overlay "node$i" -o "lowerdir=$BASE,upperdir=$H/up,workdir=$H/wk" "$R" || exit 90
  mount -t proc proc "$R/proc" && mount -t sysfs sysfs "$R/sys" && mount -t tmpfs -o mode=755 dev "$R/dev" || exit 91
  for d in null zero full random urandom tty; do : >"$R/dev/$d"; mount --bind "/dev/$d" "$R/dev/$d"; done
  mkdir "$R/dev/pts" "$R/dev/shm"
  mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts "$R/dev/pts"
  ln -s pts/ptmx "$R/dev/ptmx"; ln -s /proc/self/fd "$R/dev/fd"
  ln -s fd/0 "$R/dev/stdin"; ln -s fd/1 "$R/dev/stdout"; ln -s fd/2 "$R/dev/stderr"
  mount -t tmpfs -o mode=1777 shm "$R/dev/shm"
  mount -t tmpfs -o mode=755 run "$R/run"; mount -t tmpfs -o mode=1777 tmp "$R/tmp"
  # a host over this machine's own root must not see its user's files, nor this project
  if [ "$BASE" = / ]; then
    d=${here%/test/lab}
    mount -t tmpfs -o mode=700 root "$R/root"
    [ "$d" != "$here" ] && mount -t tmpfs -o mode=755,ro none "$R$d"
  fi
  cp "$here/host.sh" "$R/run/init"; cp "$here/count-session.py" "$R/run/count-session"; cp "$LAB/key.pub" "$R/run/key.pub"
  mkdir -p "$R/etc/ssh"; rm -f "$R"/etc/ssh/ssh_host_*; cp "$H"/ssh_host_ed25519_key* "$R/etc/ssh/"
  mkdir -p "$R/run/old" && cd "$R" && pivot_root . run/old || exit 92
  cd / && echo "$LAB $i" >"/$MARK"
  export I=$i FIREWALLD ROUTE NICS COUNT ASKER
  ADDR0=$(addr0 "$i")/16 ADDR1=$(addr1 "$i")/16 GATEWAY=$NETA.0.1; export ADDR0 ADDR1 GATEWAY
  exec /bin/sh /run/init
}

# wait_for TRIES SECONDS CMD...
wait_for() {
  local n=$1 pause=$2; shift 2
  while [ "$n" -gt 0 ]; do "$@" && return; sleep "$pause"; n=$((n - 1)); done
  return 1
}
listens() { (exec 3<>"/dev/tcp/$(addr0 "$1")/22") 2>/dev/null; }
firewalld_named() {
  inside "$1" busctl --system call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.fedoraproject.FirewallD1 2>/dev/null | grep -q true
}

# shellcheck disable=SC1091
start_one() { # start_one I: returns when sshd answers, and firewalld when it has one
  local i=$1 H="$LAB/$1" mac t0=${EPOCHREALTIME/./}
  hostpid "$i" >/dev/null && return
  . "$H/options"
  rm -f "$H/pid"
  [ -f "$H/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N '' -C "node$i" -f "$H/ssh_host_ed25519_key"
  echo "$(addr0 "$i") $(cut -d' ' -f1,2 "$H/ssh_host_ed25519_key.pub")" >"$H/known"
  ip link del "$PFX${i}a" 2>/dev/null; ip link del "$PFX${i}b" 2>/dev/null # of a former run: the kernel clears late
  setsid unshare --mount --net --pid --uts --ipc --fork --kill-child=KILL --propagation private \
    "$BASH" "$self" _stage1 "$i" </dev/null >"$H/boot.log" 2>&1 9<&- &
  wait_for 250 0.02 test -s "$H/pid" || return 1
  local p; p=$(cat "$H/pid")
  mac=$(printf '%02x:%02x' $((i / 256)) $((i % 256)))
  {
    printf 'link add %s type veth peer name eth0 address 02:0a:00:00:%s netns %s\nlink set %s master %s up\n' \
      "$PFX${i}a" "$mac" "$p" "$PFX${i}a" "${PFX}br0"
    [ "$NICS" = 1 ] || printf 'link add %s type veth peer name eth1 address 02:0b:00:00:%s netns %s\nlink set %s master %s up\n' \
      "$PFX${i}b" "$mac" "$p" "$PFX${i}b" "${PFX}br1"
  } | ip -batch - || return 1
  wait_for 300 0.02 test -e "/proc/$p/root/run/orch-lab-booted" || return 1
  wait_for 200 0.03 listens "$i" || return 1
  if [ "$FIREWALLD" = 1 ]; then
    wait_for 300 0.1 firewalld_named "$i" || { cat "/proc/$p/root/run/firewalld.out"; return 1; }
    # the name is taken before the rules are in; a method call answers only when start-up is done
    inside "$i" busctl --system --timeout=60 call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 \
      org.fedoraproject.FirewallD1 getDefaultZone >/dev/null || { cat "/proc/$p/root/run/firewalld.out"; return 1; }
  fi
  echo $(((${EPOCHREALTIME/./} - t0) / 1000)) >"$H/boot_ms"
}

# our_pids [I]: every process that lives in a host of this lab, or in host I
our_pids() {
  local d mark whose="$LAB ${1:-}"
  for d in /proc/[0-9]*; do
    { read -r mark <"$d/root/$MARK"; } 2>/dev/null || continue
    if [ $# -eq 0 ]; then [[ $mark == "$whose"* ]]; else [ "$mark" = "$whose" ]; fi && echo "${d#/proc/}"
  done
}

stop() { # stop [I]: kill and wait until all are gone
  local n pids
  for n in {1..100}; do
    pids=$(our_pids "$@"); [ -z "$pids" ] && return
    # shellcheck disable=SC2086 # a list of numbers
    [ $((n % 20)) = 1 ] && kill -KILL $pids 2>/dev/null
    sleep 0.05
  done
  die "processes of the lab do not end: $pids"
}

run_hosts() { # run_hosts JOBS I...: start them, all that can
  local jobs=$1 rc; shift
  printf '%s\n' "$@" | xargs -P "$jobs" -I{} "$BASH" "$self" _start {} 9<&-; rc=$?
  cat "$LAB"/[0-9]*/known >"$LAB/known_hosts.new" && mv "$LAB/known_hosts.new" "$LAB/known_hosts"
  [ $rc = 0 ] || die "some hosts did not start"
}

# ---- commands -----------------------------------------------------------------------------------------------------

# shellcheck source=test/lab/commands.sh
. "$here/commands.sh"
case ${1:-} in
  vm) shift; exec bash "$here/vm.sh" "$@" ;;
  _stage1 | _start | up | down | ssh | exec | reset | reboot | inventory | count | base | status | mem | addr | room | reap | tools)
    command=$1; shift
    [ "$(id -u)" = 0 ] || [[ $command == @(addr|tools) ]] || die "namespaces need root: run it as root, or with sudo -E"
    "cmd_$command" "$@" ;;
  *) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$self"; exit 2 ;;
esac
