import { promises } from './promises.ts';
import { type Sshd, startSshd } from './sshd.ts';

describe('transport', function () {
  this.timeout(15_000);
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.stop());

  describe('local', () => promises(() => sshd.target({ connection: 'local' })));
});
