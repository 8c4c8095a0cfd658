import { expect } from 'chai';
import { timezone } from '../../../../src/modules/timezone/timezone.ts';
import { refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

describe('timezone', () => {
  const params = { name: 'Europe/Berlin' };
  const seen = (...known: readonly string[]) =>
    seenIn(
      timezone,
      params,
      `=target\n /usr/share/zoneinfo/Etc/UTC\n=file\n Etc/UTC\n=known\n${known.map((z) => ` ${z}\n`).join('')}=end\n`,
    );

  it('sets the link and, where there is one, the file of Debian', () => {
    const now = seen('Europe/Berlin');
    expect(now.state).to.deep.equal({ zone: 'Etc/UTC', file: 'Etc/UTC\n' });
    expect(stepsOf(timezone, now, params)).to.deep.equal(['time zone Europe/Berlin']);
    expect(wanted(timezone, { ...now, state: { zone: '', file: null } }, params).file).to.equal(
      null,
    );
  });

  it('refuses a zone that the host does not know', () => {
    expect(refused(timezone, seen(), params)).to.equal('the host knows no time zone Europe/Berlin');
  });
});
