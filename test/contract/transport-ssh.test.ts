import { expect } from 'chai';

import { connect } from '../../src/transport/connect.ts';
import { failure, part, promises } from './promises.ts';
import { type Sshd, startSshd } from './sshd.ts';

describe('transport', function () {
  this.timeout(15_000);
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.stop());

  describe('ssh', () => {
    promises(() => sshd.target());

    it('costs one handshake and one trip when there is one trip', async () => {
      const session = await connect(sshd.target());
      await session.trip([part('true')], {});
      expect([session.counts.handshakes, session.counts.trips]).to.deep.equal([1, 1]);
      await session.close();
    });

    it('says that work may have happened when the server dies, and sends nothing more', async () => {
      const session = await connect(sshd.target());
      const error = await failure(session.trip([part('p=$PPID; kill -9 $p; sleep 1')], {}));
      expect(error.code).to.equal('LINE_BROKEN');
      expect(error.message).to.match(/may have happened/);
      expect((await failure(session.trip([part('true')], {}))).message).to.match(
        /nothing more was sent/,
      );
      await session.close();
    });
  });
});
