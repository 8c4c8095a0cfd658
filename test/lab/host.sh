#!/bin/sh
# The first process of a lab host (pid 1 of its pid namespace, in its own root): sets the host up, starts what a server
# has, then waits and reaps. Comes as /run/init with I, ADDR0, ADDR1, GATEWAY, ROUTE, NICS, FIREWALLD, COUNT and ASKER set.
umount -l /run/old && rmdir /run/old
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
hostname "node$I"
mkdir -p /run/sshd /run/dbus /run/lock /run/firewalld /run/orch-count /var/log
chmod 1777 /run/orch-count

first_boot() {
  echo "node$I" >/etc/hostname
  printf '127.0.0.1 localhost\n127.0.1.1 node%s\n' "$I" >/etc/hosts
  tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
  # the distribution's firewall, whatever the machine below has configured
  rm -rf /etc/firewalld/zones/* /etc/firewalld/policies/* /etc/firewalld/services/* /etc/firewalld/ipsets/* /etc/firewalld/direct.xml
  sed -i 's/^DefaultZone=.*/DefaultZone=public/' /etc/firewalld/firewalld.conf 2>/dev/null
  rm -rf /etc/rancher /var/lib/rancher /etc/systemd/system/k3s*
  user deploy '*' 'NOPASSWD: ALL'
  [ "$ASKER" = 1 ] && user asker '*' 'ALL' && echo asker:lab-password | chpasswd
  # pam_systemd would ask for a logind that is not there
  sed -i '/pam_systemd\|pam_motd\|pam_mail/d' /etc/pam.d/common-session /etc/pam.d/sshd /etc/pam.d/sudo 2>/dev/null
  # what logs into a host has no terminal to answer a machine's own prompts and limits
  rm -rf /etc/ssh/sshd_config.d /etc/profile.d/*
  # what OpenRC runs at boot: there is no systemd here
  rm -rf /etc/local.d && mkdir /etc/local.d
  cat >/etc/ssh/sshd_config <<E
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM yes
UseDNS no
PrintMotd no
LogLevel VERBOSE
MaxStartups 200:30:400
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
E
  [ "$COUNT" = 1 ] && echo 'ForceCommand exec python3 /run/count-session' >>/etc/ssh/sshd_config
  : >/etc/orch-lab-made
}

user() { # user NAME PASSWORD-HASH SUDO-RIGHTS: logs in with the lab's key
  id "$1" >/dev/null 2>&1 || useradd -m -s /bin/bash -p "$2" "$1"
  mkdir -p "/home/$1/.ssh" /etc/sudoers.d
  cp /run/key.pub "/home/$1/.ssh/authorized_keys"
  chown -R "$1:" "/home/$1/.ssh"
  chmod 700 "/home/$1/.ssh"
  echo "$1 ALL=(ALL:ALL) $3" >"/etc/sudoers.d/$1"
  chmod 440 "/etc/sudoers.d/$1"
}

[ -e /etc/orch-lab-made ] || first_boot
mkdir -p /root/.ssh
chmod 700 /root /root/.ssh
cp /run/key.pub /root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys

# the machine makes the interfaces as soon as it knows our pid, the last one last
until [ -e "/sys/class/net/eth$((NICS - 1))" ]; do sleep 0.02; done
ip link set lo up
ip addr add "$ADDR0" dev eth0
ip link set eth0 up
[ "$NICS" = 1 ] || { ip addr add "$ADDR1" dev eth1 && ip link set eth1 up; }
[ "$ROUTE" = 0 ] || ip route add default via "$GATEWAY"

if [ "$FIREWALLD" = 1 ]; then
  dbus-daemon --system --fork --nopidfile --address=unix:path=/run/dbus/system_bus_socket
  /usr/sbin/firewalld --nofork --nopid >/run/firewalld.out 2>&1 &
  echo $! >/run/firewalld.pid
fi
/usr/sbin/sshd -D -e >/run/sshd.out 2>&1 &
for f in /etc/local.d/*.start; do [ ! -x "$f" ] || "$f"; done
: >/run/orch-lab-booted
unset I ADDR0 ADDR1 GATEWAY ROUTE NICS FIREWALLD COUNT ASKER
trap 'exit 0' TERM
while :; do sleep 86400 & wait $!; done
