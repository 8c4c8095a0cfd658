import { expect } from 'chai';
import { getent, type GetentParams } from '../../../../src/modules/accounts/getent.ts';
import { onThisHost } from '../../../helpers/host-shell.ts';

const told = (given: GetentParams) => {
  const probe = getent.resource.observe([getent.scope(given)]);
  return getent.inspect(probe.parse(onThisHost(probe.script.text)), given);
};

describe('getent', () => {
  it('gives the fields behind a name, and behind all names', () => {
    const root = told({ database: 'passwd', key: 'root', fail_key: true }).named;
    expect(root?.['getent_passwd']).to.have.property('root').with.length(6);
    const groups = told({ database: 'group', fail_key: true }).named?.['getent_group'];
    expect(groups).to.have.property('root').that.deep.equals(['x', '0', '']);
    expect(
      told({ database: 'services', key: 'ssh', fail_key: true }).named,
    ).to.have.nested.property('getent_services.ssh[0]', '22/tcp');
  });

  it('splits as it is told, and keeps what comes several times', () => {
    const given: GetentParams = { database: 'hosts', split: ',', fail_key: true };
    const { parse } = getent.resource.observe([getent.scope(given)]);
    const stdout = Buffer.from('a,1\na,2\nb,3\n=0\n');
    const { named } = getent.inspect(parse({ stdout, stderr: Buffer.alloc(0), exit: 0 }), given);
    expect(named).to.deep.equal({ getent_hosts: { a: [['1'], ['2']], b: ['3'] } });
  });

  it('fails for an entry that is not there, unless it may be missing', () => {
    const missing = told({ database: 'passwd', key: 'no-such-user', fail_key: true });
    expect(missing.findings[0]?.message).to.contain('could not be found');
    const allowed = told({ database: 'passwd', key: 'no-such-user', fail_key: false });
    expect(allowed.named).to.deep.equal({ getent_passwd: { 'no-such-user': null } });
  });

  it('takes a key that looks like an option for a key', () => {
    const found = told({ database: 'passwd', key: '-s', fail_key: false });
    expect(found.findings).to.deep.equal([]);
  });
});
