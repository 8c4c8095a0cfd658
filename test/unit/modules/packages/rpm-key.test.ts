import { expect } from 'chai';
import { rpmKey } from '../../../../src/modules/packages/rpm-key.ts';
import { finished } from '../../../helpers/finished.ts';
import { refused, seenIn, stepsOf } from '../../../helpers/host-shell.ts';

const KEY = 'https://example.com/key';
const given = finished(rpmKey, { key: KEY });
const seen = (told: string, have = '', params = given) =>
  seenIn(rpmKey, params, `=have\n${have}=0\n${told}=end\n`);

describe('rpm_key', () => {
  it('imports a key that rpm does not have, all of it', () => {
    expect(stepsOf(rpmKey, seen(' id 0608b895\n'), given)).to.deep.equal([`key ${KEY}`]);
    const two = ' id 0608b895\n id 11111111\n';
    expect(stepsOf(rpmKey, seen(two, ' 0608b895\n'), given)).to.deep.equal([`key ${KEY}`]);
    expect(stepsOf(rpmKey, seen(two, ' 0608b895\n 11111111\n'), given)).to.deep.equal([]);
  });

  it('takes a key away by its id', () => {
    const gone = finished(rpmKey, { key: '0xDEADBEEF0608B895', state: 'absent' });
    expect(rpmKey.resource.observe([rpmKey.scope(gone)]).script.text).to.contain("' id 0608b895'");
    const now = seen(' id 0608b895\n', ' 0608b895\n', gone);
    const desired = { keys: { '0xDEADBEEF0608B895': false } };
    expect(rpmKey.resource.plan(now, desired).steps[0]?.do.text).to.equal(
      'rpm -e --allmatches gpg-pubkey-0608b895',
    );
  });

  it('refuses what is no key, and another key than was meant', () => {
    expect(refused(rpmKey, seen(' failed no route\n'), given)).to.contain('no route');
    const sure = finished(rpmKey, { key: KEY, fingerprint: 'AB'.repeat(20) });
    expect(refused(rpmKey, seen(' id 0608b895\n', '', sure), sure)).to.contain('does not match');
    const right = ` id 0608b895\n fpr ${'AB'.repeat(20)}\n`;
    expect(stepsOf(rpmKey, seen(right, '', sure), sure)).to.have.length(1);
  });
});
