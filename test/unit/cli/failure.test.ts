import { expect } from 'chai';
import { bugReport, exitOf, userErrors } from '../../../src/cli/failure.ts';
import { OrchError, OrchErrors } from '../../../src/lib/errors.ts';

const quiet = { colors: { out: false, err: false } };

describe('errors at the command line', () => {
  it('shows all errors, each with its cure, and no stack', () => {
    const error = new OrchErrors([
      new OrchError('USAGE', 'first thing', { hint: 'Do this.' }),
      new OrchError('FILE_NOT_FOUND', 'second thing', {
        source: { file: 'gone.yml', line: 2, column: 3 },
      }),
    ]);
    expect(userErrors(error, quiet)).to.equal(
      [
        'error[USAGE]: first thing',
        '  hint: Do this.',
        '',
        'error[FILE_NOT_FOUND]: second thing',
        '  --> gone.yml:2:3',
        '  hint: Check the path; relative paths start at the current directory.',
        '',
        '2 errors; no host was contacted.',
        '',
      ].join('\n'),
    );
  });

  it('shows the first hundred of very many errors, and says how many there are', () => {
    const many = new OrchErrors(
      Array.from({ length: 20_000 }, (_, i) => new OrchError('USAGE', `thing ${i + 1}`)),
    );
    const text = userErrors(many, quiet);
    expect(text.match(/^error\[/gm)).to.have.length(100);
    expect(text).to.match(
      /\n20000 errors of which the first 100 are shown; no host was contacted\.\n$/,
    );
  });

  it('colours only when asked to', () => {
    const error = new OrchError('USAGE', 'x');
    expect(userErrors(error, { colors: { out: false, err: true } })).to.include('\x1b[31m');
  });

  for (const [codes, exit] of [
    [['USAGE'], 5],
    [['VARIABLE_UNDEFINED'], 5],
    [['USAGE', 'INTERRUPTED'], 130],
  ] as const) {
    it(`exits ${exit} for ${codes.join(' and ')}`, () => {
      expect(exitOf(new OrchErrors(codes.map((code) => new OrchError(code, 'x'))))).to.equal(exit);
    });
  }

  it('makes a report of a bug that names versions and flags, but no values', () => {
    const text = bugReport(new Error('boom'), [
      'run',
      'site.yml',
      '-e',
      'password=hunter22',
      '--private-key=secret.pem',
    ]);
    expect(text)
      .to.include('this is a bug in orch')
      .and.include('Error: boom')
      .and.include(`node ${process.version}`);
    expect(text).to.include('verb: run, flags: -e --private-key=...');
    expect(text).not.to.match(/hunter22|secret\.pem/);
  });
});
