#!/bin/sh
# Runs once in a new virtual machine of the lab: name, cluster address and who owns networking, as the kernel's command
# line says. What it makes is what an administrator would have made; afterwards nothing of the lab runs in the machine.
for w in $(cat /proc/cmdline); do
  case $w in lab.i=*) I=${w#*=} ;; lab.net=*) NET=${w#*=} ;; lab.base0=*) A=${w#*=} ;; lab.base1=*) B=${w#*=} ;; esac
done
hostname "vm$I"; echo "vm$I" >/etc/hostname; printf '127.0.0.1 localhost\n127.0.1.1 vm%s\n' "$I" >/etc/hosts
enable() { systemctl --no-reload enable "$1"; }
case $NET in
  nm)
    d=/etc/NetworkManager/system-connections; mkdir -p $d
    printf '[connection]\nid=eth0\nuuid=00000000-0000-4000-8000-000000000000\ntype=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=auto\n[ipv6]\nmethod=ignore\n' >$d/eth0.nmconnection
    printf '[connection]\nid=eth1\nuuid=00000000-0000-4000-8000-000000000001\ntype=ethernet\ninterface-name=eth1\n[ipv4]\nmethod=manual\naddress1=%s.0.%s/16\n[ipv6]\nmethod=ignore\n' "$B" $((100 + I)) >$d/eth1.nmconnection
    chmod 600 $d/*
    enable NetworkManager; enable NetworkManager-dispatcher; start=NetworkManager ;;
  networkd)
    printf '[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\n' >/etc/systemd/network/eth0.network
    printf '[Match]\nName=eth1\n\n[Network]\nAddress=%s.0.%s/16\nConfigureWithoutCarrier=yes\n' "$B" $((100 + I)) >/etc/systemd/network/eth1.network
    enable systemd-networkd; start=systemd-networkd ;;
  ifupdown)
    printf 'auto eth0\niface eth0 inet static\n  address %s.%s.15/24\n' "$A" "$I" >/etc/network/interfaces.d/eth0
    printf 'auto eth1\niface eth1 inet static\n  address %s.0.%s/16\n' "$B" $((100 + I)) >/etc/network/interfaces.d/eth1
    enable networking; start=networking ;;
  none) # a unit of its own, as where nothing known owns networking
    # network cards come when udev has loaded their driver: maybe after this
    printf '#!/bin/sh -e\nuntil [ -e /sys/class/net/eth0 ] && [ -e /sys/class/net/eth1 ]; do sleep 0.2; done\nip link set eth0 up\nip addr add %s.%s.15/24 dev eth0\nip link set eth1 up\nip addr add %s.0.%s/16 dev eth1\n' \
      "$A" "$I" "$B" $((100 + I)) >/usr/local/sbin/own-network
    chmod 755 /usr/local/sbin/own-network
    printf '[Unit]\nDescription=own network\nDefaultDependencies=no\nBefore=network-pre.target\nAfter=sysinit.target\nWants=network-pre.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/local/sbin/own-network\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/own-network.service
    enable own-network; start=own-network ;;
esac
systemctl --no-reload disable lab-first-boot
rm -f /etc/systemd/system/lab-first-boot.service /usr/local/sbin/lab-first-boot
systemctl daemon-reload
systemctl start --no-block $start
