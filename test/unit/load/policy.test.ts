import { expect } from 'chai';
import { OrchErrors } from '../../../src/lib/errors.ts';
import { loadPolicy } from '../../../src/load/policy.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';

const load = (text: string) => loadPolicy('policy.yml', memoryFiles({ 'policy.yml': text }));

/** What is wrong with a policy, each with its place. */
function wrong(text: string): readonly string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof OrchErrors)) throw error;
    return error.errors.map(
      ({ code, source, message }) => `${code} ${source?.line}:${source?.column} ${message}`,
    );
  }
}

describe('policy.yml', () => {
  it('is a list of rules, about all hosts and errors unless it says otherwise', () => {
    const [first, second] = load(
      '- name: a\n  ports: 22/tcp\n  reachable_from: any\n- name: b\n  hosts: [x, y]\n  ports: [udp]\n  not_reachable_from: "{{ v }}"\n  severity: warn\n',
    );
    expect(first).to.deep.include({ name: 'a', hosts: 'all', severity: 'error' });
    expect(first?.source).to.deep.equal({ file: 'policy.yml', line: 1, column: 3 });
    expect(second).to.deep.include({ name: 'b', hosts: ['x', 'y'], severity: 'warn' });
  });

  it('says all that is wrong with it, each at its place', () => {
    expect(
      wrong(
        '- name: a\n  port: 22/tcp\n  ports: 22/tcp\n  reachable_from: any\n- name: b\n  ports: [22/tcq, "{{ x }}", 70000/tcp, 9-3/udp]\n  reachable_from: [10.0.0.0/99, any]\n- name: c\n  ports: all\n- name: d\n  ports: gre\n  reachable_from: any\n  severity: warning\n',
      ),
    ).to.deep.equal([
      'POLICY_INVALID 2:3 Unknown key "port". Did you mean "ports"?',
      'POLICY_INVALID 6:11 "22/tcq" names no port.',
      'POLICY_INVALID 6:30 "70000/tcp" names no port.',
      'POLICY_INVALID 6:41 "9-3/udp" names no port.',
      'POLICY_INVALID 7:20 "10.0.0.0/99" is no address and no network.',
      'POLICY_INVALID 8:3 A rule says who reaches the ports.',
      'POLICY_INVALID 13:13 "severity" must be error or warn, is "warning".',
    ]);
    expect(wrong('rules: []\n')).to.deep.equal(['POLICY_INVALID 1:1 A policy is a list of rules.']);
    expect(load('')).to.deep.equal([]);
  });
});
