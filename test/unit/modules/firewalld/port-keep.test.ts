import { expect } from 'chai';
import { portIntent, portProblems } from '../../../../src/modules/firewalld/port-intent.ts';
import { formatPort } from '../../../../src/modules/firewalld/ports.ts';
import type { PortParams } from '../../../../src/modules/firewalld/port-params.ts';

describe('firewalld_port keep', () => {
  const closing = {
    ports: ['8500-8504/tcp', '80/tcp', '80/udp'],
    state: 'closed',
    keep: ['80/tcp', '8502/tcp'],
  };

  it('leaves the ports it names out of what is closed, even inside a range', () => {
    const { want } = portIntent(closing as unknown as PortParams);
    expect(want.map(formatPort).sort()).to.deep.equal(['80/udp', '8500-8501/tcp', '8503-8504/tcp']);
  });

  it('is refused where nothing is closed', () => {
    const [problem] = portProblems({ ...closing, state: 'open' });
    expect(problem).to.include({ pointer: '/keep', hint: 'leave it out, or write state: closed' });
  });
});
