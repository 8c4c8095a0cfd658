import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { applyScript } from '../../src/engine/script.ts';
import { Refusal, type Seen } from '../../src/model/module.ts';
import { type K3sFlagsParams, k3sFlags } from '../../src/modules/k3s/k3s-flags.ts';
import type { K3sFacts, K3sState } from '../../src/modules/k3s/state.ts';
import { MARKER } from '../../src/modules/k3s/values.ts';

/** A host's /etc of its own, in a mount namespace kept alive by a sleeping process. */
describe('k3s_flags in a real /etc', () => {
  const params: K3sFlagsParams = {
    role: 'server',
    flags: { 'node-ip': '127.0.0.1', 'flannel-iface': 'lo', token: "it's $HOME\n`x`" },
    preset: 'none',
    replace: false,
    allow_unknown: [],
    force: [],
  };
  const file = '/etc/rancher/k3s/config.yaml.d/50-orch-network.yaml';
  let keeper = '';

  before(() => {
    keeper = execFileSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        'p=$(cat /etc/passwd) g=$(cat /etc/group); mount -t tmpfs -o mode=755 tmpfs /etc && echo "$p" >/etc/passwd && echo "$g" >/etc/group && { sleep 120 >/dev/null 2>&1 & echo $!; }',
      ],
      { encoding: 'utf8' },
    ).trim();
  });
  after(() => process.kill(Number(keeper)));

  const host = (script: string): { stdout: Buffer; stderr: Buffer; exit: number } => {
    const { stdout, stderr, status } = spawnSync('nsenter', ['-t', keeper, '-m', 'sh'], {
      input: script,
    });
    return { stdout, stderr, exit: status ?? -1 };
  };
  const said = (script: string): string => host(script).stdout.toString();
  const look = (): Seen<K3sState, K3sFacts> => {
    const probe = k3sFlags.resource.observe([k3sFlags.scope(params)]);
    return probe.parse(host(probe.script.text));
  };
  const wanted = (seen: Seen<K3sState, K3sFacts>, more: Partial<K3sFlagsParams> = {}): K3sState => {
    const state = k3sFlags.desired(seen, { ...params, ...more });
    if (state instanceof Refusal) throw new Error(state.message);
    return state;
  };
  const run = (more: Partial<K3sFlagsParams> = {}): boolean => {
    const seen = look();
    const state = wanted(seen, more);
    if (JSON.stringify(state) === JSON.stringify(seen.state)) return false;
    const reply = host(applyScript(k3sFlags.resource.plan(seen, state)).text);
    expect(reply.exit, reply.stderr.toString()).to.equal(0);
    expect(look().state).to.deep.equal(state);
    return true;
  };

  it('K1 writes the file, K2 once', () => {
    expect(run()).to.equal(true);
    expect(run()).to.equal(false);
    expect(said(`cat ${file}`)).to.equal(
      `${MARKER}\nflannel-iface: lo\nnode-ip:\n  - 127.0.0.1\ntoken: "it's $HOME\\n\`x\`"\n`,
    );
    expect(said(`stat -c '%a %U' ${file} /etc/rancher/k3s`)).to.equal('600 root\n755 root\n');
    expect(said('ls -A /etc/rancher/k3s/config.yaml.d')).to.equal('50-orch-network.yaml\n');
  });

  it('takes back a change of mode', () => {
    host(`chmod 644 ${file}`);
    expect(run()).to.equal(true);
    expect(said(`stat -c %a ${file}`)).to.equal('600\n');
  });

  it('does not write over what somebody else wrote meanwhile', () => {
    const seen = look();
    const plan = k3sFlags.resource.plan(seen, wanted(seen, { flags: { debug: true } }));
    host(`echo 'selinux: true' >>${file}`);
    expect(host(applyScript(plan).text).exit).to.equal(75);
    expect(look().state.flags).to.include({ selinux: true });
  });

  it('puts the old file back when a later step fails', () => {
    const seen = look();
    const before = said(`cat ${file}`);
    const plan = k3sFlags.resource.plan(seen, wanted(seen, { flags: { debug: true } }));
    const failing = { ...plan.steps[0]!, name: 'fails', do: { text: 'false' } };
    expect(host(applyScript({ ...plan, steps: [...plan.steps, failing] }).text).exit).to.equal(70);
    expect(said(`cat ${file}`)).to.equal(before);
  });

  it('reads a file without a newline at its end', () => {
    host("printf 'tls-san: [a]\\nnode-label:\\n- x' >/etc/rancher/k3s/config.yaml");
    const seen = look();
    expect(seen.facts.files[0]?.entries).to.deep.equal([
      { key: 'tls-san', value: ['a'], line: 1 },
      { key: 'node-label', value: ['x'], line: 2 },
    ]);
  });

  it('K20 follows K3S_CONFIG_FILE, and --config before it', () => {
    host(
      'mkdir -p /etc/systemd/system; echo "K3S_CONFIG_FILE=\'/etc/k/a.yaml\'" >/etc/systemd/system/k3s.service.env',
    );
    expect(look().facts).to.include({
      config: '/etc/k/a.yaml',
      file: '/etc/k/a.yaml.d/50-orch-network.yaml',
    });
    host(
      "printf '[Service]\\nExecStart=/usr/local/bin/k3s \\\\\\n  server \\\\\\n  \\'--config=/etc/k/b.yaml\\'\\n' >/etc/systemd/system/k3s.service".replaceAll(
        "\\'",
        `'"'"'`,
      ),
    );
    expect(look().facts.config).to.equal('/etc/k/b.yaml');
    expect(run()).to.equal(true);
    expect(said('ls /etc/k/b.yaml.d')).to.equal('50-orch-network.yaml\n');
  });
});
