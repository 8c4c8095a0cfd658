import { expect } from 'chai';
import { firewallTasks, type SeenFirewall } from '../../../src/cli/firewall-tasks.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { plain, type Tree } from '../../../src/model/tree.ts';

const settings = (given: object = {}): SeenFirewall['zones'][string]['runtime'] => ({
  ...{ target: 'default', interfaces: [], sources: [], services: [], ports: [], protocols: [] },
  ...{ rich_rules: [], forward: true, masquerade: false, icmp_block_inversion: false },
  ...{ source_ports: [], forward_ports: [], icmp_blocks: [] },
  ...given,
});
const both = (given: object = {}): SeenFirewall['zones'][string] => ({
  runtime: settings(given),
  permanent: settings(given),
});
const seen = (zones: SeenFirewall['zones'], more: Partial<SeenFirewall> = {}): SeenFirewall => ({
  ...{ running: true, version: '1.3.3', default_zone: 'public', zones, oddities: [] },
  ...more,
});

interface Task {
  readonly name: string;
  readonly firewalld_zone: Readonly<Record<string, unknown>>;
}
const tasksOf = (text: string): readonly Task[] => {
  const [play] = plain(parseYaml('x', text) as Tree) as unknown as readonly {
    tasks: readonly Task[];
  }[];
  return play?.tasks ?? [];
};
const tasks = (given: SeenFirewall, exclusive = false): readonly Task[] =>
  tasksOf(firewallTasks('node1', given, { exclusive }));

describe('zones as tasks', () => {
  it('are one task where what runs is what comes after a reboot; empty lists say nothing', () => {
    expect(tasks(seen({ public: both({ services: ['ssh'], ports: ['443/tcp'] }) }))).to.deep.equal([
      {
        name: 'Zone public',
        firewalld_zone: {
          ...{ zone: 'public', target: 'default', services: ['ssh'], ports: ['443/tcp'] },
          ...{ forward: true, masquerade: false, icmp_block_inversion: false, default: true },
        },
      },
    ]);
  });

  it('are two where they differ; the target goes with the permanent one, the default zone is a task of its own', () => {
    const zone = { runtime: settings({ ports: ['1/tcp'] }), permanent: settings() };
    const made = tasks(seen({ public: zone }));
    expect(
      made.map(({ firewalld_zone: { persist, target, ports } }) => ({ persist, target, ports })),
    ).to.deep.equal([
      { persist: 'permanent', target: 'default', ports: undefined },
      { persist: 'runtime', target: undefined, ports: ['1/tcp'] },
      { persist: undefined, target: undefined, ports: undefined },
    ]);
    expect(made[2]?.firewalld_zone).to.deep.equal({ zone: 'public', default: true });
  });

  it('are those after a start where firewalld is not running', () => {
    const zone = { runtime: null, permanent: settings({ ports: ['1/tcp'] }) };
    expect(tasks(seen({ dmz: zone }, { running: false })).map(({ name }) => name)).to.deep.equal([
      'Zone dmz',
    ]);
  });

  it('say with exclusive that empty lists are empty', () => {
    const [task] = tasks(seen({ public: both() }), true);
    expect(task?.firewalld_zone).to.deep.include({ exclusive: true, ports: [], rich_rules: [] });
  });

  it('hold text of a host that is no template, no other type and no YAML', () => {
    const odd = ['true', '{{ 7 * 7 }}', 'a: b # c \'"', '1e3', '*x', '0x1F', 'no'];
    const text = firewallTasks('node1', seen({ public: both({ services: odd }) }), {
      exclusive: false,
    });
    expect(tasksOf(text)[0]?.firewalld_zone['services']).to.deep.equal(odd);
    expect(text).to.contain('!unsafe "{{ 7 * 7 }}"');
  });

  it('tell in comments what no module manages, on one line whatever it holds', () => {
    const text = firewallTasks(
      'node1',
      seen(
        { public: both({ forward_ports: ['port=80\n- evil: 1'] }) },
        { oddities: ['direct rules in /etc'] },
      ),
      { exclusive: false },
    );
    expect(text)
      .to.contain('# Not managed by orch, forward ports: port=80 - evil: 1\n')
      .and.contain('# Besides the zones: direct rules in /etc\n');
    expect(tasksOf(text)).to.have.length(1);
  });
});
