import { expect } from 'chai';
import { alternatives } from '../../../../src/modules/alternatives/alternatives.ts';
import { finished } from '../../../helpers/finished.ts';
import { refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const given = (more: object) => finished(alternatives, { name: 'editor', ...more });
const seen = (text: string) =>
  seenIn(
    alternatives,
    given({ state: 'auto' }),
    `=told\n${text
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => ` ${row}\n`)
      .join('')}=end\n`,
  );
const DEBIAN = `editor - manual mode
  link best version is /bin/nano
  link currently points to /bin/ed
  link editor is /usr/bin/editor
/bin/ed - priority -100
/bin/nano - priority 40`;
const RHEL = `java - status is auto.
 link currently points to /usr/lib/jvm/java-17/bin/java
/usr/lib/jvm/java-17/bin/java - family java-17 priority 17000
 slave jre: /usr/lib/jvm/jre-17`;

describe('alternatives', () => {
  it('reads what Debian and RHEL tell', () => {
    expect(seen(DEBIAN).state).to.deep.equal({
      value: '/bin/ed',
      auto: false,
      choices: { '/bin/ed': -100, '/bin/nano': 40 },
    });
    expect(seen(DEBIAN).facts.link).to.equal('/usr/bin/editor');
    expect(seen(RHEL).state).to.deep.equal({
      value: '/usr/lib/jvm/java-17/bin/java',
      auto: true,
      choices: { '/usr/lib/jvm/java-17/bin/java': 17000 },
    });
  });

  it('chooses, and makes a choice of what is none', () => {
    expect(stepsOf(alternatives, seen(DEBIAN), given({ path: '/bin/nano' }))).to.deep.equal([
      'editor leads to /bin/nano',
    ]);
    expect(stepsOf(alternatives, seen(DEBIAN), given({ path: '/bin/vi' }))).to.deep.equal([
      '/bin/vi is a choice for editor',
      'editor leads to /bin/vi',
    ]);
    expect(stepsOf(alternatives, seen(DEBIAN), given({ path: '/bin/ed' }))).to.deep.equal([]);
    expect(refused(alternatives, seen(''), given({ path: '/bin/vi' }))).to.contain('no choice');
  });

  it('lets the highest priority win, and goes back to it when a choice goes', () => {
    expect(wanted(alternatives, seen(DEBIAN), given({ state: 'auto' }))).to.include({
      auto: true,
      value: '/bin/nano',
    });
    const gone = wanted(alternatives, seen(DEBIAN), given({ path: '/bin/ed', state: 'absent' }));
    expect(gone).to.deep.equal({ auto: true, value: '/bin/nano', choices: { '/bin/nano': 40 } });
    expect(refused(alternatives, seen(''), given({ state: 'auto' }))).to.contain('no alternatives');
    expect(alternatives.problems?.({ name: 'x' })[0]?.message).to.equal('path is missing');
  });
});
