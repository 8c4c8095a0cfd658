import { type Shell, raw, sh } from '../../lib/shell.ts';
import type { Subset } from './subsets.ts';

/**
 * One script that tells everything facts are made of: sections `@name`, each followed by what a tool or a file says.
 * It needs nothing but sh and what the host has; what it has not is a section that is missing or empty.
 */
export const factsScript = (subsets: ReadonlySet<Subset>, factPath: string): Shell =>
  raw(
    [
      '(LC_ALL=C; export LC_ALL',
      ALWAYS,
      sh`facts_dir=${factPath}`.text,
      LOCAL,
      ...(subsets.has('hardware') ? [HARDWARE] : []),
      ...(subsets.has('network') ? [NETWORK] : []),
      ...(subsets.has('virtual') ? [VIRTUAL] : []),
      ') 2>/dev/null',
      // Last, for a variable may hold line ends: they are told apart by NUL where `env` can do that.
      "echo '@env'; env -0 2>/dev/null || env",
      'exit 0',
    ].join('\n'),
  );

/** Files are told by one process, each line behind its path. */
const ALWAYS = `
echo '@files'
grep -sH '' /etc/os-release /usr/lib/os-release /etc/lsb-release /etc/debian_version /etc/redhat-release \\
  /etc/system-release /etc/alpine-release /etc/SuSE-release /etc/machine-id /etc/resolv.conf \\
  /etc/selinux/config /sys/fs/selinux/enforce /sys/fs/selinux/policyvers \\
  /etc/ssh/ssh_host_*_key.pub /proc/cmdline /proc/sys/kernel/ostype /proc/sys/kernel/hostname \\
  /proc/sys/kernel/osrelease /proc/sys/kernel/version /proc/sys/crypto/fips_enabled /proc/1/comm /proc/loadavg
echo '@machine'; uname -m
echo '@id'; i=$(id); printf '%s\\n' "$i"
u=\${i#uid=}; u=\${u%%"("*}
echo '@passwd'
while IFS= read -r l; do
  IFS=: read -r n x w rest <<E
$l
E
  [ "$w" = "$u" ] && printf '%s\\n' "$l" && break
done </etc/passwd
echo '@fqdn'; hostname -f || hostname
echo '@date'; date '+%s|%N|%Y|%m|%A|%w|%W|%d|%H|%M|%S|%Z|%z'
echo '@bits'; getconf LONG_BIT
echo '@there'
for p in /usr/bin/dnf /usr/bin/dnf5 /usr/bin/yum /usr/bin/apt-get /usr/bin/zypper /usr/bin/pacman /sbin/apk \\
  /bin/opkg /usr/bin/emerge /usr/bin/xbps-install /run/ostree-booted /usr/bin/lsb_release \\
  /run/systemd/system /bin/systemctl /usr/bin/systemctl /sbin/openrc /etc/init.d /sbin/initctl /etc/init \\
  /sys/kernel/security/apparmor /sys/fs/selinux/enforce /usr/sbin/getenforce; do
  [ -e "$p" ] && printf '%s\\n' "$p"
done
echo '@links'; ls -ld /sbin/init
echo '@chroot'; if [ ! -e /proc/1/root/. ]; then echo unknown; elif [ / -ef /proc/1/root/. ]; then echo no; else echo yes; fi
`;

/** Local facts: what files say, and what programs print. A blank stands before each line, so none looks like a section. */
const LOCAL = `
for f in "$facts_dir"/*.fact; do
  [ -f "$f" ] || continue
  printf '@local %s\\n' "$f"
  if [ -x "$f" ]; then "$f" </dev/null; else cat "$f"; fi | sed 's/^/ /'
  echo
done`;

const HARDWARE = `
echo '@hardware'
grep -sH '' /proc/meminfo /proc/cpuinfo /proc/uptime /proc/mounts /proc/self/status /sys/hypervisor/type \\
  /sys/devices/virtual/dmi/id/[bcps]*_* /sys/block/*/size /sys/block/*/removable /sys/block/*/device/model \\
  /sys/block/*/device/vendor /sys/block/*/queue/rotational /sys/block/*/queue/hw_sector_size \\
  /sys/block/*/queue/scheduler /sys/block/*/queue/discard_granularity /sys/block/*/[a-z]*[0-9]/size
echo '@uuids'; ls -l /dev/disk/by-uuid
set --
while read -r d m t rest; do
  case $m in *\\\\*) continue ;; esac
  case $d in /* | *:/*) set -- "$@" "$m" ;; esac
done </proc/mounts
echo '@statfs'
if [ $# -gt 0 ]; then
  # A file system of a server that is gone would never answer.
  if command -v timeout >/dev/null; then timeout 5 stat -f -c '%S %b %f %a %c %d %n' "$@"
  else stat -f -c '%S %b %f %a %c %d %n' "$@"; fi
fi`;

const NETWORK = `
echo '@net'
grep -sH '' /sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/type /sys/class/net/*/operstate \\
  /sys/class/net/*/flags /sys/class/net/*/speed /sys/class/net/*/bridge/bridge_id /sys/class/net/*/bridge/stp_state \\
  /sys/class/net/*/bonding/slaves /sys/class/net/*/bonding/mode /sys/class/net/*/bonding/miimon \\
  /sys/class/net/*/bonding/lacp_rate /sys/class/net/*/bonding/primary /sys/class/net/*/bonding_slave/perm_hwaddr
echo '@netlinks'; ls -ld /sys/class/net/*/device /sys/class/net/*/device/driver/module /sys/class/net/*/brif/*
PATH=$PATH:/sbin:/usr/sbin
echo '@addr'; ip -o addr show
echo '@route4'; ip -4 route get 8.8.8.8
echo '@route6'; ip -6 route get 2404:6800:400a:800::1012`;

const VIRTUAL = `
echo '@virtual'
grep -sH '' /proc/1/cgroup /proc/self/status /run/systemd/container /proc/xen/capabilities \\
  /sys/devices/virtual/dmi/id/product_name /sys/devices/virtual/dmi/id/sys_vendor \\
  /sys/devices/virtual/dmi/id/product_family /sys/devices/virtual/dmi/id/bios_vendor
grep -sHE '^(model name|vendor_id|machine)' /proc/cpuinfo
grep -sHE '^(kvm|vboxdrv|virtio) ' /proc/modules
echo '@container'; tr '\\0' '\\n' </proc/1/environ | grep '^container='
echo '@thervirt'
for p in /.dockerenv /.dockerinit /run/.containerenv /proc/vz /proc/lve /proc/bc /proc/xen /dev/kvm; do
  [ -e "$p" ] && printf '%s\\n' "$p"
done`;
