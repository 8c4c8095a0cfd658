import { expect } from 'chai';
import { disturbanceIn } from '../../../../src/modules/actions/disruption.ts';

const CASES: Readonly<Record<string, readonly string[]>> = {
  restart: [
    'systemctl restart k3s',
    'sudo systemctl --no-block try-restart a b',
    'service ssh stop',
    'systemctl disable --now firewalld',
    'systemctl reload nginx; systemctl restart k3s',
  ],
  reload: [
    'systemctl reload nginx',
    'firewall-cmd --reload',
    '/usr/bin/firewall-cmd --complete-reload',
    'ufw reload',
  ],
  reboot: ['reboot', 'shutdown -r +1', 'systemctl reboot', 'init 6', 'true && poweroff'],
  connection: [
    'nmcli con up eth0',
    'nmcli device reapply eth1',
    'netplan apply',
    'ifdown eth0',
    'ip link set eth0 down',
    'nft -f /etc/nftables.conf',
    'iptables-restore /etc/rules',
  ],
  none: [
    'true',
    'systemctl status k3s',
    'systemctl daemon-reload',
    'systemctl enable k3s',
    'systemctl start k3s',
    'shutdown -c',
    'firewall-cmd --list-all',
    'nmcli con show',
    'echo reboot',
  ],
};

describe('how a command plainly disturbs what runs', () => {
  for (const [disruption, all] of Object.entries(CASES))
    for (const text of all)
      it(`${text}: ${disruption}`, () => {
        const found = disturbanceIn(text);
        expect(found?.disruption ?? 'none').to.equal(disruption);
        if (found) expect(found.reason).to.match(/\S/);
      });

  it('names units, not where the output goes', () => {
    for (const text of [
      'systemctl stop a b 2>/dev/null',
      'systemctl stop a >>/var/log/x 2>&1 b || :',
      '</dev/null systemctl stop a b &> /dev/null',
    ])
      expect(disturbanceIn(text)?.reason).to.equal('a, b stops');
  });
});
