import type { AnyModule, Registry } from '../model/module.ts';
import { getent } from './accounts/getent.ts';
import { group } from './accounts/group.ts';
import { user } from './accounts/user.ts';
import { assemble } from './actions/assemble.ts';
import { asyncStatus } from './actions/async-status.ts';
import { command } from './actions/command.ts';
import { fetch } from './actions/fetch.ts';
import { find } from './actions/find.ts';
import { getUrl } from './actions/get-url.ts';
import { ping } from './actions/ping.ts';
import { rawCommand } from './actions/raw.ts';
import { reboot } from './actions/reboot.ts';
import { script } from './actions/script.ts';
import { shell } from './actions/shell.ts';
import { slurp } from './actions/slurp.ts';
import { stat } from './actions/stat.ts';
import { tempfile } from './actions/tempfile.ts';
import { unarchive } from './actions/unarchive.ts';
import { uri } from './actions/uri.ts';
import { waitForConnection } from './actions/wait-for-connection.ts';
import { waitFor } from './actions/wait-for.ts';
import { alternatives } from './alternatives/alternatives.ts';
import { connectivity } from './connectivity/connectivity.ts';
import { connectivityListener } from './connectivity/listener.ts';
import { addHost } from './control/add-host.ts';
import { assert } from './control/assert.ts';
import { debug } from './control/debug.ts';
import { fail } from './control/fail.ts';
import { groupBy } from './control/group-by.ts';
import { includeVars } from './control/include-vars.ts';
import { meta } from './control/meta.ts';
import { pause } from './control/pause.ts';
import { setFact } from './control/set-fact.ts';
import { cron } from './cron/cron.ts';
import { gatherFacts, setup } from './facts/setup.ts';
import { setStats } from './control/set-stats.ts';
import { validateArgumentSpec } from './control/validate-argument-spec.ts';
import { blockinfile } from './file/blockinfile.ts';
import { copy } from './file/copy.ts';
import { fileModule } from './file/file-module.ts';
import { iniFile } from './file/ini-file.ts';
import { lineinfile } from './file/lineinfile.ts';
import { pamLimits } from './file/pam-limits.ts';
import { replace } from './file/replace.ts';
import { template } from './file/template.ts';
import { yumRepository } from './file/yum-repository.ts';
import { firewalldFacts } from './firewalld/firewalld-facts.ts';
import { firewalldPort } from './firewalld/firewalld-port.ts';
import { firewalldPrecheck } from './firewalld/firewalld-precheck.ts';
import { firewalldVerify } from './firewalld/firewalld-verify.ts';
import { firewalldZone } from './firewalld/firewalld-zone.ts';
import { git } from './git/git.ts';
import { hostname } from './hostname/hostname.ts';
import { iptables } from './iptables/iptables.ts';
import { k3sDoctor } from './k3s/doctor.ts';
import { k3sFlags } from './k3s/k3s-flags.ts';
import { localeGen } from './locale/locale-gen.ts';
import { modprobe } from './modprobe/modprobe.ts';
import { mount } from './mount/mount.ts';
import { apk } from './packages/apk.ts';
import { apt } from './packages/apt.ts';
import { aptRepository } from './packages/apt-repository.ts';
import { deb822Repository } from './packages/deb822-repository.ts';
import { dnf } from './packages/dnf.ts';
import { packageFacts } from './packages/package-facts.ts';
import { packageModule } from './packages/package.ts';
import { pacman } from './packages/pacman.ts';
import { rpmKey } from './packages/rpm-key.ts';
import { zypper } from './packages/zypper.ts';
import { dummyRoute } from './routes/dummy-route.ts';
import { serviceFacts } from './service/service-facts.ts';
import { seboolean } from './selinux/seboolean.ts';
import { selinux } from './selinux/selinux.ts';
import { service } from './service/service.ts';
import { systemd } from './service/systemd.ts';
import { authorizedKey } from './ssh-files/authorized-key.ts';
import { knownHosts } from './ssh-files/known-hosts.ts';
import { sysctl } from './sysctl/sysctl.ts';
import { timezone } from './timezone/timezone.ts';
import { ufw } from './ufw/ufw.ts';

const modules = [
  addHost,
  alternatives,
  apk,
  apt,
  aptRepository,
  assemble,
  assert,
  asyncStatus,
  authorizedKey,
  blockinfile,
  command,
  connectivity,
  connectivityListener,
  copy,
  cron,
  deb822Repository,
  debug,
  dnf,
  dummyRoute,
  fail,
  fetch,
  fileModule,
  find,
  firewalldFacts,
  firewalldPort,
  firewalldPrecheck,
  firewalldVerify,
  firewalldZone,
  gatherFacts,
  getent,
  getUrl,
  git,
  group,
  groupBy,
  hostname,
  includeVars,
  iniFile,
  iptables,
  k3sDoctor,
  k3sFlags,
  knownHosts,
  lineinfile,
  localeGen,
  meta,
  modprobe,
  mount,
  packageFacts,
  packageModule,
  pacman,
  pamLimits,
  pause,
  ping,
  rawCommand,
  reboot,
  replace,
  rpmKey,
  script,
  seboolean,
  selinux,
  service,
  serviceFacts,
  setFact,
  setStats,
  setup,
  shell,
  slurp,
  stat,
  sysctl,
  systemd,
  tempfile,
  template,
  timezone,
  ufw,
  unarchive,
  uri,
  user,
  validateArgumentSpec,
  waitFor,
  waitForConnection,
  yumRepository,
  zypper,
] as readonly unknown[] as readonly AnyModule[];

/**
 * The modules of this version, by name. Their own types end here: the engine hands each only what it
 * made itself. After a change here or in any `params`: `npm run generate`.
 */
export const registry: Registry = new Map(modules.map((module) => [module.name, module]));
