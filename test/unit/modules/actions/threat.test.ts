import { expect } from 'chai';
import { threatIn } from '../../../../src/modules/actions/threat.ts';

describe('a command that takes the line to its host away', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['ip link set eth0 down', 'takes the link eth0 down'],
    ['/sbin/ip -4 l set dev enp1s0 down', 'takes the link enp1s0 down'],
    ['sudo ifconfig bond0 down', 'takes the link bond0 down'],
    ['ifdown eth0 && ifup eth0', 'takes the link eth0 down'],
    ['ip addr del 10.0.0.5/24 dev eth0', 'takes addresses from eth0'],
    ['ip a flush dev ens3', 'takes addresses from ens3'],
    ['ip route del default', 'takes the default route away'],
    ['echo now; ip r replace default via 10.0.0.1', 'changes the default route'],
    ['ip route flush table main', 'takes all routes away'],
    ['systemctl stop sshd', 'stops sshd'],
    ['systemctl --now disable NetworkManager.service', 'stops NetworkManager'],
    ['service networking stop', 'stops networking'],
    ['firewall-cmd --panic-on', 'lets nothing in or out any more (panic mode)'],
    ['iptables -P INPUT DROP', 'drops all that comes in'],
    ['iptables -t filter -I INPUT -j REJECT', 'drops all that comes in'],
    ['pkill -x sshd', 'ends sshd'],
  ];
  for (const [line, threat] of cases) {
    it(`is ${line}`, () => expect(threatIn(line)).to.equal(threat));
  }

  const harmless = [
    'ip link set dummy0 down',
    'ip link set eth0 up',
    'ip link del cni0',
    'ip addr add 10.0.0.5/24 dev eth0',
    'ip addr show eth0',
    'ip addr del 203.0.113.254/31 dev dummy0',
    'ip route add 10.0.0.0/8 via 10.1.1.1',
    'ip route del 10.0.0.0/8',
    'ip route flush cache',
    'ip route show default',
    'systemctl restart sshd',
    'systemctl stop nginx',
    'systemctl disable NetworkManager',
    'service ssh restart',
    'firewall-cmd --reload',
    'iptables -P INPUT ACCEPT',
    'iptables -A INPUT -p tcp --dport 23 -j DROP',
    'iptables -A INPUT -s 10.9.0.0/16 -j DROP',
    'iptables -A FORWARD -j DROP',
    'nft list ruleset',
    'echo "ip link set eth0 down"',
    'grep -q "systemctl stop sshd" /etc/cron.d/x',
    'ip link set "$IFACE" down',
    "echo 'unclosed",
    '',
  ];
  for (const line of harmless) {
    it(`is not ${line}`, () => expect(threatIn(line)).to.equal(undefined));
  }
});
