import { expect } from 'chai';
import { policiesIn } from '../../../../src/modules/firewalld/lockout-policies.ts';

const policy = (name: string, text: string) =>
  policiesIn(new Map([[`/etc/firewalld/policies/${name}.xml`, text.split('\n')]]));
const toHost = '<ingress-zone name="ANY"/><egress-zone name="HOST"/>';

describe('policies for traffic to the host', () => {
  it('may let in or deny by target and rules', () => {
    const found = (text: string) =>
      policy('mine', text).map(({ accepts, denies }) => [accepts, denies]);
    expect(found(`<policy target="DROP">${toHost}</policy>`)).to.deep.equal([[false, true]]);
    expect(found(`<policy target="ACCEPT">${toHost}</policy>`)).to.deep.equal([[true, false]]);
    expect(found(`<policy>${toHost}<service name="ssh"/></policy>`)).to.deep.equal([[true, false]]);
    expect(found(`<policy>${toHost}<rule><reject/></rule></policy>`)).to.deep.equal([
      [false, true],
    ]);
    expect(found(`<policy>${toHost}</policy>`)).to.deep.equal([[false, false]]);
  });

  it('name the zones they are about', () => {
    const text =
      '<policy target="DROP"><ingress-zone name="work"/><ingress-zone name="dmz"/><egress-zone name="HOST"/></policy>';
    expect(policy('mine', text)).to.deep.equal([
      { name: 'mine', from: ['dmz', 'work'], accepts: false, denies: true },
    ]);
  });

  it('are not those for forwarded traffic', () => {
    const text =
      '<policy target="ACCEPT"><ingress-zone name="ANY"/><egress-zone name="docker"/></policy>';
    expect(policy('docker-forwarding', text)).to.deep.equal([]);
  });

  it('may do anything when their file is broken', () => {
    expect(policy('mine', '<policy><rule></policy>')).to.deep.equal([
      { name: 'mine', from: ['ANY'], accepts: true, denies: true },
    ]);
  });
});
