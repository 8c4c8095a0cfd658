const FILES =
  'Write its files with template, lineinfile or ini_file, and notify a handler that reloads it.';
const CREATES =
  'Use its program with command and creates, or with a question (reads: true) and when before it.';
const SQL =
  'Use the client of the database with command (psql -c, mysql -e), after a question with reads: true.';
const NOT_HERE = 'orch manages Linux hosts over SSH; run this with what is made for it.';

/** Modules of Ansible that orch does not have, by their short names, and what to write instead. */
export const elsewhere: Readonly<Record<string, string>> = {
  firewalld:
    'Use firewalld_port for ports and firewalld_zone for zones; see `orch doc firewalld_zone`.',
  firewalld_info: 'Use firewalld_facts.',
  apt_key:
    'apt itself no longer takes keys for all archives: bring the key with get_url to /etc/apt/keyrings and name it in the line of apt_repository (signed-by=), or give its address to deb822_repository (signed_by).',
  synchronize:
    'copy brings folders as well (src with a slash at its end: what is in it), unarchive a packed one; for large trees use command: rsync -a --itemize-changes with delegate_to: localhost.',
  rsync:
    'copy brings folders as well; for large trees use command: rsync with delegate_to: localhost.',
  archive: 'Use command: tar -czf DEST -C FOLDER . with creates, and fetch to bring it here.',
  pip: 'Use command: pip install with creates, or a package of the distribution.',
  pipx: CREATES,
  npm: CREATES,
  yarn: CREATES,
  gem: CREATES,
  bundler: CREATES,
  composer: CREATES,
  cpanm: CREATES,
  make: CREATES,
  snap: 'Use command: snap install NAME with creates: /snap/bin/NAME.',
  flatpak: CREATES,
  expect: 'Give answers on the standard input of command (stdin), or as flags of the program.',
  debconf: 'Use shell: echo "PACKAGE QUESTION TYPE VALUE" | debconf-set-selections, before apt.',
  dpkg_selections: 'Use command: apt-mark hold NAME, after apt-mark showhold with reads: true.',
  dpkg_divert: CREATES,
  dnf_versionlock:
    'Use command: dnf versionlock add NAME, after dnf versionlock list with reads: true.',
  yum_versionlock: 'Use command: dnf versionlock add NAME.',
  subversion: 'Use command: svn checkout with creates, or git.',
  hg: 'Use command: hg clone with creates, or git.',
  sysvinit: 'Use service; hosts without systemd need command.',
  at: 'Use command: at with stdin, or cron.',
  acl: 'Use command: setfacl, after getfacl with reads: true.',
  patch:
    'Use copy or template for the whole file, or lineinfile, blockinfile and replace for parts.',
  rhel_facts: 'setup tells it as ansible_pkg_mgr.',
  xml: 'Use template for the whole file, or replace with a pattern.',
  htpasswd: 'Use lineinfile with the filter password_hash: USER:HASH.',
  sudoers: 'Use copy to /etc/sudoers.d with validate: /usr/sbin/visudo -cf %s.',
  ssh_config: FILES,
  pamd: FILES,
  interfaces_file: FILES,
  crypttab: FILES,
  cronvar: 'Use cron with env: true.',
  kernel_blacklist: 'Use copy to /etc/modprobe.d with the line: blacklist NAME.',
  nmcli:
    'Write the profile to /etc/NetworkManager/system-connections with template (mode 0600), and notify: nmcli connection reload.',
  apache2_module: 'Use command: a2enmod NAME with creates: /etc/apache2/mods-enabled/NAME.load.',
  filesystem: 'Use command: mkfs.TYPE DEVICE, after blkid DEVICE with reads: true.',
  lvg: 'Use command: vgcreate, after vgs with reads: true.',
  lvol: 'Use command: lvcreate, after lvs with reads: true.',
  parted: 'Use command: parted -s, after parted -m -s DEVICE print with reads: true.',
  capabilities: 'Use command: setcap, after getcap with reads: true.',
  seport: 'Use command: semanage port -a, after semanage port -l with reads: true.',
  sefcontext: 'Use command: semanage fcontext -a, after semanage fcontext -l with reads: true.',
  selinux_permissive: 'Use command: semanage permissive -a NAME.',
  git_config: 'Use ini_file on the .gitconfig, or command: git config.',
  zypper_repository: 'Use copy to /etc/zypp/repos.d/NAME.repo, or ini_file.',
  redhat_subscription: 'Use command: subscription-manager register, after status with reads: true.',
  supervisorctl: FILES,
  mail: 'Use command with the mail program of the control node and delegate_to: localhost.',
  slack: 'Use uri with delegate_to: localhost.',
  shutdown: 'Use command: shutdown, or reboot.',
  openssl_privatekey: 'Use command: openssl genpkey with creates.',
  openssl_csr: 'Use command: openssl req with creates.',
  x509_certificate: 'Use command: openssl x509 with creates.',
  openssh_keypair: 'Use command: ssh-keygen -N "" -f FILE with creates: FILE.',
  mysql_db: SQL,
  mysql_user: SQL,
  postgresql_db: SQL,
  postgresql_user: SQL,
  postgresql_privs: SQL,
  docker_container:
    'Use a unit of systemd (template) that runs it, or command: docker compose up -d.',
  docker_image: 'Use command: docker pull, after docker image inspect with reads: true.',
  docker_compose: 'Use copy or template for compose.yml and command: docker compose up -d.',
  docker_network: 'Use command: docker network create, after docker network ls with reads: true.',
  k8s: 'Put the manifest into /var/lib/rancher/k3s/server/manifests with copy or template: K3s applies it; or use command: kubectl apply -f.',
  helm: 'Put a HelmChart manifest into /var/lib/rancher/k3s/server/manifests: K3s installs it; or use command: helm upgrade --install.',
  homebrew: NOT_HERE,
  win_feature: NOT_HERE,
  win_package: NOT_HERE,
  win_ping: NOT_HERE,
  win_shell: NOT_HERE,
};

/** What to write instead of a module that orch does not have; nothing for a name that is nobody's. */
export const insteadOf = (short: string): string | undefined =>
  Object.hasOwn(elsewhere, short) ? elsewhere[short] : undefined;
