# What the lab needs from the distribution, and root file systems of other Debian releases. Sourced by lab.sh.
# shellcheck shell=bash
CACHE=${ORCH_LAB_CACHE:-/var/cache/orch-lab}
RELEASES=(bullseye bookworm trixie)
APT_LOG=${TMPDIR:-/tmp}/orch-lab-apt.log
export DEBIAN_FRONTEND=noninteractive

# can_run: one sentence instead of a puzzle where namespaces are forbidden (most containers)
can_run() {
  unshare --mount --net --pid --uts --ipc --fork true 2>/dev/null ||
    die "this machine does not let root make namespaces (a container? it needs --privileged)"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "this kernel has no overlay file system"
}

# lacking PACKAGE=FILE-OR-COMMAND...: the packages that are not there
lacking() {
  local pair need
  for pair; do
    need=${pair#*=}
    case $need in
      /*) compgen -G "$need" >/dev/null ;;
      *) PATH=$PATH:/usr/sbin:/sbin command -v "$need" >/dev/null ;;
    esac || printf '%s ' "${pair%%=*}"
  done
}

# install_tools BASE FIREWALLD: what runs here, and, with BASE /, what runs in the hosts
install_tools() {
  local want=(iproute2=ip openssh-client=ssh-keygen util-linux=nsenter) missing
  [ "$1" = / ] && want+=(openssh-server=sshd sudo=sudo python3=python3 passwd=useradd hostname=hostname)
  [ "$1" = / ] && [ "$2" = 1 ] && want+=(firewalld=firewalld dbus=dbus-daemon systemd=busctl nftables=nft
    netbase=/etc/protocols 'python3-nftables=/usr/lib/python3/dist-packages/nftables/__init__.py' 'polkit=/usr/lib/polkit-1/polkitd')
  missing=$(lacking "${want[@]}")
  # shellcheck disable=SC2086 # a list of names
  [ -z "$missing" ] || install_packages $missing
}

install_packages() {
  command -v apt-get >/dev/null || die "missing: $* (no apt-get here to install them)"
  local packages=" $* "
  apt-cache show "$1" >/dev/null 2>&1 || apt-get update >>"$APT_LOG" 2>&1 # a fresh machine has no package lists
  if [[ $packages == *' polkit '* ]]; then # its package changed name in bookworm
    apt-cache show polkitd >/dev/null 2>&1 && packages=${packages/ polkit / polkitd } || packages=${packages/ polkit / policykit-1 }
  fi
  echo "installing:$packages(log: $APT_LOG)" >&2
  # a firewall that starts on THIS machine could lock its operator out: no daemon is started, and firewalld is masked
  if [[ $packages == *' firewalld '* ]] && [ -d /run/systemd/system ] && [ ! -e /etc/systemd/system/firewalld.service ]; then
    ln -s /dev/null /etc/systemd/system/firewalld.service
    echo 'firewalld is masked on this machine, so that installing it does not start it (undo: systemctl unmask firewalld)' >&2
  fi
  local policy=/usr/sbin/policy-rc.d mine=0 rc
  [ -e $policy ] || { mine=1; printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy; }
  # shellcheck disable=SC2086 # a list of names
  { apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages || { apt-get update && apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages; }; } >>"$APT_LOG" 2>&1
  rc=$?
  [ $mine = 0 ] || rm -f $policy
  [ $rc = 0 ] || die "could not install$packages- see $APT_LOG"
}

# build_base RELEASE: a root file system in $CACHE/RELEASE, built when missing or when its package list changed
build_base() {
  local name=$1 root=$CACHE/$1 polkit=polkitd packages stamp new mirror
  [[ " ${RELEASES[*]} " == *" $name "* ]] || die "no base is called $name; there are: ${RELEASES[*]}"
  [ "$name" = bullseye ] && polkit=policykit-1
  packages=firewalld,dbus,systemd,$polkit,nftables,python3-nftables,python3,openssh-server,sudo,iproute2,netbase,procps,hostname,ca-certificates
  stamp=$(echo "1 $name $packages" | sha256sum | cut -c1-16)
  mkdir -p "$CACHE"
  # two builders of one base: the second waits, then finds it there
  exec 8>"$CACHE/$name.lock" && flock 8
  if [ "$(cat "$root/etc/orch-lab-base" 2>/dev/null)" != "$stamp" ]; then
    local missing; missing=$(lacking mmdebstrap=mmdebstrap debian-archive-keyring=/usr/share/keyrings/debian-archive-keyring.gpg)
    # shellcheck disable=SC2086 # a list of names
    [ -z "$missing" ] || install_packages $missing
    new=$(mktemp -d "$CACHE/.$name.XXXXXX")
    # shellcheck disable=SC2016 # the hook's own argument
    for mirror in http://deb.debian.org/debian http://archive.debian.org/debian none; do
      [ $mirror = none ] && { rm -rf --one-file-system "$new"; die "could not build $name - see $CACHE/$name.log"; }
      echo "building $name from $mirror (log: $CACHE/$name.log)" >&2
      rm -rf --one-file-system "$new"; mkdir "$new"
      mmdebstrap --mode=root --variant=minbase --include="$packages" --aptopt='Acquire::Check-Valid-Until "false"' \
        --aptopt='APT::Install-Recommends "false"' --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
        --skip=output/dev --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/usr/share/doc/* "$1"/usr/share/man/*' \
        "$name" "$new" "$mirror" >"$CACHE/$name.log" 2>&1 8>&- && break
    done
    chmod 755 "$new"; echo "$stamp" >"$new/etc/orch-lab-base"
    if [ -e "$root" ]; then mv "$root" "$new.old"; fi
    mv "$new" "$root"; rm -rf --one-file-system "$new.old"
    # shellcheck disable=SC2016 # a format of dpkg's
    echo "$name: $(chroot "$root" dpkg-query -W -f 'firewalld ${Version}' firewalld), $(du -sm "$root" | cut -f1) MB in $root" >&2
  fi
  exec 8>&-
}
