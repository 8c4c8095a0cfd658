import { expect } from 'chai';
import { packageFacts } from '../../../../src/modules/packages/package-facts.ts';
import { onThisHost } from '../../../helpers/host-shell.ts';

type Params = Parameters<typeof packageFacts.scope>[0];
const asked: Params = { manager: ['auto'], strategy: 'first' };
const told = (stdout: string, params: Params = asked) =>
  packageFacts.inspect(
    packageFacts.resource
      .observe([packageFacts.scope(params)])
      .parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit: 0 }),
    params,
  );

describe('package_facts', () => {
  it('lists versions under names, as each manager has them', () => {
    const apt = told(
      '=apt\ninstalled\tbash\t5.2\tamd64\tshells\nconfig-files\told\t1\tall\tx\n=end\n',
    );
    expect(apt.named).to.deep.equal({
      packages: {
        bash: [{ name: 'bash', version: '5.2', arch: 'amd64', category: 'shells', source: 'apt' }],
      },
    });
    const rpm = told(
      '=rpm\nkernel\t5.14\t1.el9\t(none)\tx86_64\nkernel\t5.14\t2.el9\t0\tx86_64\n=end\n',
    );
    expect(rpm.named).to.deep.equal({
      packages: {
        kernel: [
          {
            name: 'kernel',
            version: '5.14',
            release: '1.el9',
            arch: 'x86_64',
            source: 'rpm',
            epoch: null,
          },
          {
            name: 'kernel',
            version: '5.14',
            release: '2.el9',
            arch: 'x86_64',
            source: 'rpm',
            epoch: 0,
          },
        ],
      },
    });
    expect(told('=pacman\nlinux\t6.1-1\n=end\n').named).to.deep.equal({
      packages: { linux: [{ name: 'linux', version: '6.1-1', source: 'pacman' }] },
    });
  });

  it('asks only whom it is told to, and says when there is none', () => {
    const rpm: Params = { manager: ['rpm'], strategy: 'first' };
    const { text } = packageFacts.resource.observe([packageFacts.scope(rpm)]).script;
    expect(text).to.contain('rpm -qa').and.not.contain('dpkg-query');
    expect(told('=end\n', rpm).findings[0]?.message).to.contain('rpm');
  });

  it('tells the packages of this machine, names that end objects or not', () => {
    const { named } = packageFacts.inspect(
      (() => {
        const probe = packageFacts.resource.observe([packageFacts.scope(asked)]);
        return probe.parse(onThisHost(probe.script.text));
      })(),
      asked,
    );
    expect(Object.keys(named?.['packages'] ?? {})).to.have.length.greaterThan(50);
    const odd = told('=pacman\n__proto__\t1\n=end\n').named?.['packages'] as object;
    expect(Object.keys(odd)).to.deep.equal(['__proto__']);
  });
});
