import { expect } from 'chai';
import { localeGen } from '../../../../src/modules/locale/locale-gen.ts';
import { finished } from '../../../helpers/finished.ts';
import { refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const given = (name: string, state = 'present') => finished(localeGen, { name, state });
const seen = (made: string) =>
  seenIn(
    localeGen,
    given('de_DE.UTF-8'),
    `=file\n # de_DE ISO-8859-1\n # de_DE.UTF-8 UTF-8\n en_US.UTF-8 UTF-8\n=made\n${made}=end\n`,
  );

describe('locale_gen', () => {
  it('frees the line of the locale alone, and makes it', () => {
    const now = seen(' C\n');
    expect(stepsOf(localeGen, now, given('de_DE.UTF-8'))).to.deep.equal(['locales']);
    expect(wanted(localeGen, now, given('de_DE.UTF-8')).text).to.equal(
      '# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n',
    );
  });

  it('knows it by the name it is listed under', () => {
    expect(seen(' de_DE.utf8\n').state.made).to.deep.equal({ 'de_DE.UTF-8': true });
    const gone = wanted(localeGen, seen(' de_DE.utf8\n'), given('en_US.UTF-8', 'absent'));
    expect(gone.text).to.contain('# en_US.UTF-8 UTF-8');
  });

  it('refuses a locale that the host knows nothing of', () => {
    expect(refused(localeGen, seen(''), given('xx_XX.UTF-8'))).to.contain('xx_XX.UTF-8');
  });
});
