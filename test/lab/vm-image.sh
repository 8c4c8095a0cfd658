# The image of the lab's virtual machines: root file system, kernel, initial ramdisk. Sourced by vm.sh.
# shellcheck shell=bash disable=SC2154

VM_PACKAGES=netbase,systemd-sysv,dbus,udev,kmod,openssh-server,iproute2,iputils-ping,firewalld,nftables,python3,sudo,cron
VM_PACKAGES+=,network-manager,ifupdown,procps,netcat-openbsd,polkitd,ca-certificates,busybox-static
VM_RELEASE=bookworm

# image_stamp: changes whenever an image built before is not what this script would build now
image_stamp() { cat "$here/vm-image.sh" "$here/vm-first-boot.sh" | sha256sum | cut -c1-16; }

# build_image: the image in $IMAGE, built when missing or when this file changed
build_image() {
  local missing stamp new; stamp=$(image_stamp)
  mkdir -p "$CACHE"
  exec 8>"$CACHE/vm.lock" && flock 8
  if [ "$(cat "$IMAGE/stamp" 2>/dev/null)" != "$stamp" ]; then
    missing=$(lacking mmdebstrap=mmdebstrap e2fsprogs=mke2fs cpio=cpio kmod=depmod \
      debian-archive-keyring=/usr/share/keyrings/debian-archive-keyring.gpg openssh-client=ssh-keygen)
    # shellcheck disable=SC2086 # a list of names
    [ -z "$missing" ] || install_packages $missing
    [ "$(id -u)" = 0 ] || die "the image is built by root, once"
    new=$(mktemp -d "$CACHE/.vm.XXXXXX")
    echo "building the image of the virtual machines, once (log: $CACHE/vm.log)" >&2
    (set -e; make_image "$new") >"$CACHE/vm.log" 2>&1 8>&- || { rm -rf --one-file-system "$new"; die "no image - see $CACHE/vm.log"; }
    chmod 755 "$new"; echo "$stamp" >"$new/stamp"
    rm -rf --one-file-system "$IMAGE"; mv "$new" "$IMAGE"
  fi
  exec 8>&-
}

make_image() {
  local new=$1 root=$1/root version k
  k=$new/kernel; mkdir -p "$k"
  apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt-get update
  (cd "$k" && apt-get download "$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-/ {print $2; exit}')" && dpkg -x linux-image-*.deb .)
  version=$(ls "$k/lib/modules")
  mmdebstrap --mode=root --variant=minbase --include="$VM_PACKAGES" --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg --skip=output/dev "$VM_RELEASE" "$root" http://deb.debian.org/debian
  cp -a "$k/lib/modules" "$root/usr/lib/"; chroot "$root" depmod "$version"
  furnish "$root"
  make_initrd "$new" "$k/lib/modules/$version"
  cp "$k/boot/vmlinuz-$version" "$new/vmlinuz"
  mke2fs -q -F -t ext4 -d "$root" -O ^metadata_csum "$new/base.img" 1800M
  rm -rf --one-file-system "$root" "$k"
}

# furnish ROOT: users, keys, a small package archive of its own, and what a first boot does
furnish() {
  local root=$1
  ssh-keygen -q -t ed25519 -N '' -C orch-lab-vm -f "$new/key"
  install -d -m 700 "$root/root/.ssh"; install -m 600 "$new/key.pub" "$root/root/.ssh/authorized_keys"
  chroot "$root" useradd -m -s /bin/bash -p '*' deploy
  install -d -m 700 "$root/home/deploy/.ssh"; install -m 600 "$new/key.pub" "$root/home/deploy/.ssh/authorized_keys"
  chroot "$root" chown -R deploy: /home/deploy
  echo 'deploy ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/deploy"
  echo '/dev/vda / ext4 defaults,noatime 0 1' >"$root/etc/fstab"
  rm -f "$root"/etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -C vm -f "$root/etc/ssh/ssh_host_ed25519_key"
  cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub" >"$new/host-key"
  rm -f "$root/etc/resolv.conf" "$root/etc/machine-id"; : >"$root/etc/machine-id"; : >"$root/etc/resolv.conf"
  printf 'UseDNS no\nPrintMotd no\n' >"$root/etc/ssh/sshd_config.d/lab.conf"
  echo 'iface lo inet loopback' >"$root/etc/network/interfaces.d/lo"
  printf 'auto lo\nsource /etc/network/interfaces.d/*\n' >"$root/etc/network/interfaces"
  make_archive "$root"
  install -m 755 "$here/vm-first-boot.sh" "$root/usr/local/sbin/lab-first-boot"
  cat >"$root/etc/systemd/system/lab-first-boot.service" <<'U'
[Unit]
Description=first boot in the lab
DefaultDependencies=no
After=local-fs.target
Before=network-pre.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/lab-first-boot
[Install]
WantedBy=sysinit.target
U
  chroot "$root" systemctl enable lab-first-boot ssh firewalld cron
  chroot "$root" systemctl disable NetworkManager NetworkManager-wait-online NetworkManager-dispatcher networking \
    systemd-networkd systemd-networkd-wait-online systemd-resolved systemd-timesyncd apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_reap e2scrub_all.timer fstrim.timer || true
  chroot "$root" systemctl mask systemd-networkd-wait-online NetworkManager-wait-online
  rm -rf "$root"/var/cache/apt/archives/* "$root"/var/lib/apt/lists/*
}

# make_archive ROOT: three packages for tests of package modules; the machines reach no other archive
make_archive() {
  local root=$1 d name version
  mkdir -p "$root/srv/archive"
  for name in lab-hello lab-tool lab-needs-tool; do
    for version in 1.0 2.0; do
      d=$(mktemp -d); mkdir -p "$d/DEBIAN" "$d/usr/share/$name"; echo "$version" >"$d/usr/share/$name/version"
      printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Lab <lab@example.org>\nDescription: %s of the lab\n' "$name" "$version" "$name" >"$d/DEBIAN/control"
      [ $name = lab-needs-tool ] && echo "Depends: lab-tool (>= $version)" >>"$d/DEBIAN/control"
      chmod 755 "$d"; dpkg-deb --root-owner-group -b "$d" "$root/srv/archive/${name}_$version.deb"; rm -rf "$d"
    done
  done
  (cd "$root/srv/archive" && for d in *.deb; do
    dpkg-deb -f "$d"; echo "Filename: ./$d"; echo "Size: $(stat -c %s "$d")"; echo "SHA256: $(sha256sum "$d" | cut -d' ' -f1)"; echo
  done >Packages)
  rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*
  echo 'deb [trusted=yes] file:/srv/archive ./' >"$root/etc/apt/sources.list"
}

# make_initrd NEW MODULES: busybox, the drivers of the disk, and a script that changes over to it
make_initrd() {
  local new=$1 modules=$2 i=$1/initrd.d n=0 m f
  mkdir -p "$i/bin" "$i/mod" "$i/proc" "$i/sys" "$i/dev" "$i/new"; cp "$new/root/bin/busybox" "$i/bin/busybox"; ln -s busybox "$i/bin/sh"
  for m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
    f=$(find "$modules" -name "$m.ko*" | head -1); [ -z "$f" ] || { n=$((n + 1)); cp "$f" "$i/mod/0$n-$m.ko"; }
  done
  cat >"$i/init" <<'S'
#!/bin/sh
B=/bin/busybox
$B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
for m in /mod/*.ko; do $B insmod $m; done
for n in 1 2 3 4 5 6 7 8 9; do [ -b /dev/vda ] && break; $B sleep 0.1; done
$B mount -o rw /dev/vda /new || exec /bin/sh
$B umount /proc; $B umount /sys; $B mount --move /dev /new/dev
exec $B switch_root /new /lib/systemd/systemd
S
  chmod 755 "$i/init"
  (cd "$i" && find . | cpio -o -H newc --quiet) >"$new/initrd"; rm -rf "$i"
}
