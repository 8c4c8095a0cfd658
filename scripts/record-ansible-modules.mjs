// Writes which modules Ansible has and which arguments they take to scripts/ansible-modules.json: docs/compatibility.md
// compares them with orch's. Needs `apt-get install ansible` (2.14); nothing else does.
//
//     node scripts/record-ansible-modules.mjs
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const ask = (...words) =>
  execFileSync('ansible-doc', words, {
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Modules of community.general that public playbooks use more than now and then. */
const GENERAL =
  'alternatives apache2_module apk archive bundler capabilities composer cpanm cronvar crypttab dconf deploy_helper dnf_versionlock docker_compose dpkg_divert filesystem filesize flatpak gem git_config github_release gitlab_runner haproxy homebrew htpasswd ini_file interfaces_file ip_netns iptables_state iso_extract java_cert java_keystore jenkins_plugin kernel_blacklist ldap_entry listen_ports_facts locale_gen lvg lvol lxc_container lxd_container mail make maven_artifact modprobe monit nagios nmcli npm nsupdate open_iscsi openwrt_init opkg pacman pacman_key pam_limits pamd parted pear pids pip_package_info pipx portage proxmox proxmox_kvm puppet python_requirements_info rabbitmq_user read_csv redhat_subscription redis rhsm_repository runit sefcontext selinux_permissive selogin seport shutdown slack snap snmp_facts ssh_config sudoers supervisorctl syslogger sysrc telegram terraform timezone ufw vdo wakeonlan xattr xbps xfs_quota xml yarn yum_versionlock zfs zypper zypper_repository'.split(
    ' ',
  );

const names = ask('-l')
  .split('\n')
  .map((line) => line.split(/\s/)[0])
  .filter((name) => /^ansible\.(builtin|posix)\./.test(name))
  .concat(GENERAL.map((name) => `community.general.${name}`));
const told = JSON.parse(ask('-j', ...names));
const found = Object.fromEntries(
  names
    .filter((name) => told[name])
    .sort()
    .map((name) => [
      name,
      Object.entries(told[name].doc.options ?? {})
        .flatMap(([option, { aliases = [] }]) => [option, ...aliases])
        .sort(),
    ]),
);
writeFileSync('scripts/ansible-modules.json', `${JSON.stringify(found, undefined, 1)}\n`);
