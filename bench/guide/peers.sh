# The peers of the bench: newest releases from PyPI in a venv of its own. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154
venv=${XDG_CACHE_HOME:-$HOME/.cache}/orch-bench/venv

apt_install() {
  say "installing $* (log: $work/apt.log)"
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$work/apt.log" 2>&1 || die "could not install $*: $work/apt.log"
}

prepare_peers() {
  chosen ansible || chosen mitogen || chosen pyinfra || return 0
  if [ ! -x "$venv/bin/ansible-playbook" ] || [ ! -x "$venv/bin/pyinfra" ]; then
    say "installing ansible, mitogen and pyinfra into $venv (log: $work/pip.log)"
    python3 -m venv "$venv" 2>/dev/null || { apt_install python3-venv && python3 -m venv "$venv"; } || die 'python3 makes no venv'
    "$venv/bin/pip" install --disable-pip-version-check ansible mitogen pyinfra >"$work/pip.log" 2>&1 || die "pip failed: $work/pip.log"
  fi
  command -v ssh >/dev/null || apt_install openssh-client
  mkdir "$work/cp"
  # The Python that firewalld itself runs with, so that nothing has to be discovered.
  cat >"$work/ansible.cfg" <<CFG
[defaults]
forks = $hosts
interpreter_python = /usr/bin/python3
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = $work/cp
CFG
  cat >"$work/mitogen.cfg" <<CFG
[defaults]
forks = $hosts
interpreter_python = /usr/bin/python3
strategy_plugins = $(dirname "$("$venv/bin/python" -c 'import ansible_mitogen; print(ansible_mitogen.__file__)')")/plugins/strategy
strategy = mitogen_linear
CFG
}

# peer_command CONTENDER GUIDE: sets `cmd`; every run starts without open connections
peer_command() {
  local socket
  case $1 in
    ansible | mitogen)
      for socket in "$work"/cp/*; do [ ! -S "$socket" ] || ssh -O exit -o "ControlPath=$socket" x 2>/dev/null; done
      cmd=(env "ANSIBLE_CONFIG=$work/$1.cfg" ANSIBLE_NOCOLOR=1 "PATH=$venv/bin:$PATH"
        "$venv/bin/ansible-playbook" -i "$work/inventory-ansible.ini" "$here/peers/$2.yml") ;;
    pyinfra)
      { echo "hosts = [($(printf '"%s", ' "${addresses[@]}")), {\"ssh_user\": \"root\", \"ssh_key\": \"$ORCH_LAB/key\","
        echo "\"ssh_known_hosts_file\": \"$ORCH_LAB/known_hosts\", \"ssh_strict_host_key_checking\": \"yes\"}]"; } |
        tr '\n' ' ' | sed 's/^hosts = \[(\(.*\)), {/hosts = ([\1], {/; s/}\] *$/})/' >"$work/inventory_pyinfra.py"
      cmd=(env "GUIDE=$2" "$venv/bin/pyinfra" -y --parallel "$hosts" "$work/inventory_pyinfra.py" "$here/peers/deploy.py") ;;
    *) die "no contender is called $1" ;;
  esac
}

versions() {
  local firewalld
  firewalld=$(lab exec 1 firewall-cmd --version)
  echo "Versions: node $(node --version), firewalld $firewalld, $(ssh -V 2>&1 | cut -d, -f1)$(
    [ ! -x "$venv/bin/pip" ] || "$venv/bin/pip" list --disable-pip-version-check 2>/dev/null |
      awk '$1 ~ /^(ansible|ansible-core|mitogen|pyinfra)$/ { printf ", %s %s", $1, $2 }')"
}
