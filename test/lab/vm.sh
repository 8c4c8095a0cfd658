#!/bin/bash
# vm.sh - real virtual machines: Debian 12 with its own kernel, systemd, firewalld, sshd (qemu; KVM where it works, else TCG).
# For what a namespace cannot be: dummy links, units, owners of networking, kernel modules, reboots. More: test/lab/README.md
#
#   up N [--nm|--networkd|--ifupdown|--none] [--from I]     start vm1..vmN (at most two at once), wait for ssh
#   down [I...]                 stop them (all), remove their disks
#   reset I...|all              as first started, in seconds
#   reboot I...|all             reboots them for real; returns when ssh answers from a new boot
#   ssh I [CMD...]              log in as root (LAB_USER=deploy for another);  exec I CMD... the same with its words kept apart
#   inventory [--user U]        a YAML inventory of the running machines, on stdout
#   status | build | clean      what runs; build the image; forget image and first boots
#
# vmI: eth0 is a user network of its own (10.92.I.15, no default route, ssh forwarded to 127.0.0.1:2220+I, no way out), eth1 is
# 10.93.0.100+I on a segment that the machines share. A second lab: ORCH_VM=DIR ORCH_VM_PORT=2230 ORCH_VM_NET0=10.94 ORCH_VM_NET1=10.95
set -u
self=$(readlink -f "${BASH_SOURCE[0]}") here=${self%/*}
VM=${ORCH_VM:-/tmp/orch-vm} PORT=${ORCH_VM_PORT:-2220} NETA=${ORCH_VM_NET0:-10.92} NETB=${ORCH_VM_NET1:-10.93}
die() { echo "vm: $*" >&2; exit 1; }
# shellcheck source=test/lab/install.sh
. "$here/install.sh"
IMAGE=$CACHE/vm-image
# shellcheck source=test/lab/vm-image.sh
. "$here/vm-image.sh"

machines() { local f; for f in "$VM"/vm*/pid; do [ -f "$f" ] && f=${f%/pid} && echo "${f##*/vm}"; done | sort -n; }
# qemu_pid I: the pid of its qemu; fails when it does not run
qemu_pid() {
  local p
  p=$(cat "$VM/vm$1/pid" 2>/dev/null) && tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -q -- "-name orch-vm$1 .*$VM/vm$1/" && echo "$p"
}
chosen() {
  [ $# -gt 0 ] || die "name machines by number, or all"
  [ "$1" = all ] && { machines; return; }
  local i; for i; do [ -d "$VM/vm$i" ] || die "there is no vm$i"; echo "$i"; done
}

login() { # login I CMD...
  local i=$1; shift
  ssh -i "$VM/key" -p $((PORT + i)) -o IdentitiesOnly=yes -o UserKnownHostsFile="$VM/known_hosts" -o ConnectTimeout=10 \
    -o LogLevel=ERROR "${LAB_USER:-root}@127.0.0.1" "$@"
}
wait_ssh() { # wait_ssh I [BOOT-ID-TO-LEAVE]
  local id until=$((SECONDS + ${ORCH_VM_PATIENCE:-800}))
  while [ $SECONDS -lt $until ]; do
    id=$(login "$1" cat /proc/sys/kernel/random/boot_id </dev/null 2>/dev/null) && [ "$id" != "${2:-}" ] && return
    qemu_pid "$1" >/dev/null && ! grep -qs 'Kernel panic' "$VM/vm$1/console" || break
    sleep 0.4
  done
  die "vm$1 does not answer: $(tail -c 600 "$VM/vm$1/console" "$VM/vm$1/qemu" 2>/dev/null)"
}

# accel: KVM where the processor does it; a /dev/kvm alone proves nothing (kvm_pvm runs only kernels made for it)
accel() {
  if [ -n "${ORCH_VM_ACCEL:-}" ]; then echo "$ORCH_VM_ACCEL"
  elif [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then echo kvm
  else echo tcg,thread=multi,tb-size=256; fi
}

# qemu I NET DISK MORE...: runs in the foreground
qemu() {
  local i=$1 net=$2 disk=$3 m; shift 3; m=$(printf '%02x' "$i")
  exec qemu-system-x86_64 -name "orch-vm$i" -accel "$(accel)" -cpu max -smp 2 -m "${ORCH_VM_MEM:-512}" -display none -nodefaults \
    -serial "file:$VM/vm$i/console" -kernel "$IMAGE/vmlinuz" -initrd "$IMAGE/initrd" \
    -append "console=ttyS0 quiet no_timer_check net.ifnames=0 mitigations=off random.trust_cpu=on lab.i=$i lab.net=$net lab.base0=$NETA lab.base1=$NETB" \
    -drive "file=$disk,if=virtio,cache=unsafe" -device virtio-rng-pci \
    -netdev "user,id=n0,restrict=on,net=$NETA.$i.0/24,dhcpstart=$NETA.$i.15,hostfwd=tcp:127.0.0.1:$((PORT + i))-:22" \
    -device "virtio-net-pci,netdev=n0,romfile=,mac=02:0c:00:00:00:$m" \
    -netdev "socket,id=n1,mcast=230.90.0.1:$((PORT + 10000)),localaddr=127.0.0.1" \
    -device "virtio-net-pci,netdev=n1,romfile=,mac=02:0d:00:00:00:$m" "$@"
}

# A first boot takes half a minute. It is done once for each machine and owner of networking, then frozen: disk and memory.
frozen() {
  local how; how=$(accel)
  echo "$CACHE/vm-frozen/$(cat "$IMAGE/stamp")/$NETA-$NETB-${ORCH_VM_MEM:-512}-${how%%,*}/vm$1-$2"
}
freeze() { # freeze I NET
  local i=$1 net=$2 to pid; to=$(frozen "$i" "$net")
  [ -f "$to/state" ] && return
  echo "first boot of vm$i ($net), once" >&2
  mkdir -p "$to" "$VM/vm$i"; rm -f "$to"/*
  qemu-img create -q -f qcow2 -b "$IMAGE/base.img" -F raw "$to/disk"
  rm -f "$VM/vm$i/monitor"; mkfifo "$VM/vm$i/monitor"; exec 5<>"$VM/vm$i/monitor"
  (qemu "$i" "$net" "$to/disk" -monitor stdio <&5 >"$VM/vm$i/qemu" 2>&1) 5>&5 7>&- &
  pid=$!; echo "$pid" >"$VM/vm$i/pid"
  wait_ssh "$i"
  # at rest: all units up, caches written
  login "$i" 'systemctl is-system-running --wait; firewall-cmd --state; sync' </dev/null >/dev/null 2>&1
  # exec: the state is written through a process; `migrate` returns when it is complete
  echo "migrate \"exec:cat >$to/state.new\"" >&5; echo quit >&5
  wait "$pid"; exec 5>&-; rm -f "$VM/vm$i/pid" "$VM/vm$i/monitor"
  [ -s "$to/state.new" ] || die "vm$i could not be frozen: $(cat "$VM/vm$i/qemu")"
  mv "$to/state.new" "$to/state"
}

start() { # start I NET
  local i=$1 net=$2 from; from=$(frozen "$i" "$net")
  mkdir -p "$VM/vm$i"; echo "$net" >"$VM/vm$i/net"; rm -f "$VM/vm$i/disk"
  qemu-img create -q -f qcow2 -b "$from/disk" -F qcow2 "$VM/vm$i/disk"
  (qemu "$i" "$net" "$VM/vm$i/disk" -incoming "exec:cat $from/state" </dev/null >"$VM/vm$i/qemu" 2>&1) 7>&- &
  echo $! >"$VM/vm$i/pid"
  wait_ssh "$i"
  login "$i" "date -s @$(date +%s)" </dev/null >/dev/null # its clock stood still while it was frozen
}
stop() { # stop I
  local p n
  p=$(qemu_pid "$1") && kill "$p" && for ((n = 0; n < 100; n++)); do [ -e "/proc/$p" ] || break; sleep 0.05; done
  rm -f "$VM/vm$1/disk" "$VM/vm$1/pid"
}

cmd_up() {
  [[ ${1:-} =~ ^[12]$ ]] || die "how many machines, 1 or 2? vm.sh up 1"
  local n=$1 from=1 net=networkd i t0; shift
  while [ $# -gt 0 ]; do
    case $1 in
      --nm | --networkd | --ifupdown | --none) net=${1#--} ;;
      --from) from=$2; shift ;;
      *) die "up knows no option $1" ;;
    esac
    shift
  done
  local missing; missing=$(lacking qemu-system-x86=qemu-system-x86_64 qemu-utils=qemu-img openssh-client=ssh)
  # shellcheck disable=SC2086 # a list of names
  [ -z "$missing" ] || install_packages $missing
  build_image
  mkdir -p "$VM"; exec 7>"$VM/lock"; flock 7
  install -m 600 "$IMAGE/key" "$VM/key"
  for ((i = from; i < from + n; i++)); do
    if qemu_pid "$i" >/dev/null; then
      [ "$(cat "$VM/vm$i/net")" = "$net" ] || die "vm$i runs with $(cat "$VM/vm$i/net"); first: vm.sh down $i"
      continue
    fi
    [ "$(machines | wc -l)" -lt 2 ] || die "two machines run already: vm.sh down"
    t0=${EPOCHREALTIME/./}
    touch "$VM/known_hosts"; sed -i "/^\[127.0.0.1\]:$((PORT + i)) /d" "$VM/known_hosts"
    echo "[127.0.0.1]:$((PORT + i)) $(cat "$IMAGE/host-key")" >>"$VM/known_hosts"
    freeze "$i" "$net"; start "$i" "$net"
    echo "vm$i is up ($net) in $(((${EPOCHREALTIME/./} - t0) / 1000)) ms: 127.0.0.1:$((PORT + i)), key $VM/key"
  done
}
cmd_down() {
  local i; [ -d "$VM" ] || return 0
  exec 7>"$VM/lock"; flock 7
  # shellcheck disable=SC2046 # a list of numbers
  for i in ${*:-$(machines)}; do stop "$i"; rm -rf "$VM/vm$i"; done
  [ -n "$(machines)" ] || rm -rf "$VM"
}
cmd_reset() {
  local i all; all=$(chosen "$@") || exit
  exec 7>"$VM/lock"; flock 7
  for i in $all; do stop "$i"; start "$i" "$(cat "$VM/vm$i/net")"; done
}
cmd_reboot() {
  local i all id; all=$(chosen "$@") || exit
  for i in $all; do
    id=$(login "$i" cat /proc/sys/kernel/random/boot_id </dev/null) || die "vm$i does not answer"
    login "$i" 'systemctl reboot' </dev/null >/dev/null 2>&1
    wait_ssh "$i" "$id"
  done
}
cmd_ssh() { local i=${1:?which machine?}; shift; login "$i" "$@"; }
cmd_exec() { local i=${1:?which machine?}; shift; login "$i" "$(printf '%q ' "$@")"; }
cmd_status() {
  local i p
  for i in $(machines); do
    if p=$(qemu_pid "$i"); then
      echo "vm$i up ($(cat "$VM/vm$i/net")) 127.0.0.1:$((PORT + i)) pid=$p $(awk '/^VmRSS/ {print int($2 / 1024) " MiB"}' "/proc/$p/status")"
    else echo "vm$i DEAD"; fi
  done
}
cmd_inventory() {
  local user=root i group=servers
  while [ $# -gt 0 ]; do case $1 in --user) user=$2; shift ;; --yaml) ;; *) die "inventory knows no option $1" ;; esac; shift; done
  [ -n "$(machines)" ] || die "no machine runs; first: vm.sh up 1"
  printf 'k3s_cluster:\n  children:\n'
  for i in $(machines); do
    echo "    $group: { hosts: { vm$i: { ansible_port: $((PORT + i)), internal_address: $NETB.0.$((100 + i)), external_address: $NETA.$i.15 } } }"
    group=agents
  done
  [ $group = servers ] || [ "$(machines | wc -l)" -gt 1 ] || echo '    agents: {}'
  printf '  vars:\n    ansible_host: 127.0.0.1\n    ansible_user: %s\n    ansible_ssh_private_key_file: %s/key\n' "$user" "$VM"
  printf "    ansible_ssh_common_args: '-o UserKnownHostsFile=%s/known_hosts'\n" "$VM"
  printf '    external_interface: eth0\n    internal_interface: eth1\n'
}
cmd_build() { build_image; }
cmd_clean() { [ -z "$(machines)" ] || die "machines run: vm.sh down"; rm -rf --one-file-system "$IMAGE" "$CACHE/vm-frozen"; }

case ${1:-} in
  up | down | reset | reboot | ssh | exec | inventory | status | build | clean) command=$1; shift; "cmd_$command" "$@" ;;
  *) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$self"; exit 2 ;;
esac
