import { expect } from 'chai';
import { serviceFacts } from '../../../../src/modules/service/service-facts.ts';

const told = (stdout: string) =>
  serviceFacts.inspect(
    serviceFacts.resource
      .observe([null])
      .parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit: 0 }),
    {},
  ).named?.['services'];

describe('service_facts', () => {
  it('tells units as they run and as files say, the broken ones as broken', () => {
    const services = told(`=units
cron.service loaded active running Regular jobs
getty.service loaded active exited Get a terminal
gone.service not-found inactive dead gone.service
bad.service loaded failed failed Bad
=files
cron.service enabled enabled
bad.service disabled enabled
sshd.service alias -
off.service disabled enabled
getty@.service enabled enabled
=aliases
sshd.service active
=end
`);
    const one = (name: string, state: string, status: string) => ({
      [name]: { name, state, status, source: 'systemd' },
    });
    expect(services).to.deep.equal({
      ...one('cron.service', 'running', 'enabled'),
      ...one('getty.service', 'stopped', 'active'),
      ...one('gone.service', 'stopped', 'not-found'),
      ...one('bad.service', 'stopped', 'failed'),
      ...one('sshd.service', 'active', 'alias'),
      ...one('off.service', 'inactive', 'disabled'),
      ...one('getty@.service', 'unknown', 'enabled'),
    });
  });

  it('reads OpenRC and the old scripts', () => {
    expect(told('=openrc\n sshd                        [  started  ]\n=end\n')).to.deep.equal({
      sshd: { name: 'sshd', state: 'running', status: 'started', source: 'openrc' },
    });
    expect(told('=sysv\n [ + ]  cron\n [ - ]  ssh\n=end\n')).to.deep.equal({
      cron: { name: 'cron', state: 'running', status: 'unknown', source: 'sysv' },
      ssh: { name: 'ssh', state: 'stopped', status: 'unknown', source: 'sysv' },
    });
  });
});
