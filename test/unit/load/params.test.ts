import { expect } from 'chai';
import { validateParams } from '../../../src/load/validate-params.ts';
import { compileValidate } from '../../../src/load/schema/compile.ts';
import { Secret, Unknown } from '../../../src/model/value.ts';
import { sampleModules } from '../../helpers/sample-modules.ts';

const validate = compileValidate(sampleModules);
const port = new Unknown('later');
const secret = new Secret('1234');

describe('validating finished arguments', () => {
  it('fills in defaults on a copy', () => {
    const given = { ports: ['1/tcp'] };
    expect(validate('open_port', given)).to.deep.equal({
      params: { ports: ['1/tcp'], zone: 'public', state: 'present' },
      problems: [],
    });
    expect(given).to.deep.equal({ ports: ['1/tcp'] });
  });

  it('takes unknowns and secrets for anything, and gives back the very same', () => {
    const { params, problems } = validate('open_port', {
      ports: [port, secret, '3/tcp'],
      state: port,
      metric: secret,
      offline: port,
      remove: { ports: port },
    });
    expect(problems).to.deep.equal([]);
    const got = params as { ports: unknown[]; metric: unknown; remove: { ports: unknown } };
    expect(got.ports[0]).to.equal(port);
    expect(got.ports[1]).to.equal(secret);
    expect(got.metric).to.equal(secret);
    expect(got.remove.ports).to.equal(port);
  });

  it('still sees what is wrong beside an unknown, and never shows a secret', () => {
    const { problems } = validate('open_port', { ports: [port, 5], zone: secret, state: 7 });
    expect(problems.map(({ pointer, message }) => `${pointer} ${message}`)).to.deep.equal([
      '/ports/1 item 2 of "ports" must be a string or a map, is the number 5.',
      '/state "state" must be one of present, absent, exact, is the number 7.',
    ]);
  });

  it('accepts an unknown in place of all arguments', () => {
    expect(validate('open_port', port)).to.deep.equal({ params: port, problems: [] });
  });

  it('places the problem of an unknown key at the key', () => {
    const [problem] = validate('open_port', { ports: [], 'a/b': 1 }).problems;
    expect(problem).to.include({ pointer: '/a~1b', key: true, code: 'ARGUMENT_UNKNOWN' });
  });
});

describe('arguments that templates made', () => {
  it('are converted to what the module wants, as Ansible does', () => {
    const found = validateParams('debug', { msg: 'x', verbosity: '2' });
    expect(found.problems).to.deep.equal([]);
    expect(found.params).to.include({ verbosity: 2 });
    expect(validateParams('debug', { msg: 'x', verbosity: 'two' }).problems).to.have.length(1);
  });
});
