import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { inventoryOf, orch, told } from './orch.ts';

describe('what a run costs a host, counted on the host', () => {
  const lab = withLab(2, { count: true });

  for (const user of ['root', 'deploy'] as const) {
    it(`is one login and one turn when it is right already; at most three turns when not, over two logins (as ${user})`, async () => {
      lab.reset(1, 2);
      const inventory = inventoryOf(lab, user);
      const hosts = [1, 2];

      for (const host of hosts) lab.countFromHere(host);
      const first = await told(['run', 'playbooks/segregated.yml', '-i', inventory]);
      expect(first.exit, first.stdout + first.stderr).to.equal(0);
      for (const host of hosts) {
        const { logins, sessions, turns } = lab.counts(host);
        // The proof of a guarded change is a new connection.
        expect({ logins, sessions }).to.deep.equal({ logins: 2, sessions: 2 });
        expect(turns).to.be.at.least(2).and.at.most(3);
      }
      for (const host of hosts)
        expect(
          first
            .all('safeguard')
            .flatMap(({ host: at, state }) => (at === `node${host}` ? state : [])),
        ).to.deep.equal(['armed', 'proved', 'confirmed']);

      for (const host of hosts) lab.countFromHere(host);
      const second = await orch(['run', 'playbooks/segregated.yml', '-i', inventory, '-v']);
      for (const host of hosts) {
        const { logins, sessions, turns } = lab.counts(host);
        expect({ logins, sessions, turns }).to.deep.equal({ logins: 1, sessions: 1, turns: 1 });
        expect(second.stdout).to.match(new RegExp(`node${host}.*1 handshake, 1 trip\\b`));
      }
    });
  }
});
