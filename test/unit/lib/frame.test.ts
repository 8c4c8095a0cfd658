import { expect } from 'chai';
import { OrchError } from '../../../src/lib/errors.ts';
import { codeFrame, renderError } from '../../../src/lib/frame.ts';
import { lines } from '../../helpers/rendered.ts';

const source = { file: 'site.yml', line: 2, column: 10 };

describe('renderError', () => {
  it('shows code, sentence, place, line, caret and hint', () => {
    const error = new OrchError('ARGUMENT_INVALID', 'This is no port.', {
      source,
      hint: 'Mend it.',
    });
    expect(renderError(error, () => 'a:\n  ports: [70000/tcp]\n')).to.equal(
      lines(
        'error[ARGUMENT_INVALID]: This is no port.',
        '  --> site.yml:2:10',
        ' 2 |   ports: [70000/tcp]',
        '   |          ^',
        '  hint: Mend it.',
      ),
    );
  });

  it('does without a frame when the file cannot be read again', () => {
    const error = new OrchError('ARGUMENT_INVALID', 'This is no port.', {
      source,
      hint: 'Mend it.',
    });
    expect(renderError(error)).to.equal(
      lines('error[ARGUMENT_INVALID]: This is no port.', '  --> site.yml:2:10', '  hint: Mend it.'),
    );
  });

  it('lets no control character of a file or host reach the terminal', () => {
    const error = new OrchError('STEP_FAILED', 'bad \u001b[31m', {
      source,
      stderr: 'x\u001b]0;t\u0007y',
    });
    const text = renderError(error, () => 'a\nb: "\u001b[2J\r"');
    expect(text).to.not.match(/[^\P{Cc}\n]/u);
    expect(text).to.contain('  stderr: x\u{fffd}]0;t\u{fffd}y');
  });
});

describe('codeFrame', () => {
  it('keeps the caret below the column behind tabs', () => {
    expect(codeFrame('\tab', { file: 'f', line: 1, column: 3 })).to.equal(' 1 | \tab\n   | \t ^');
  });

  it('cuts long lines around the caret', () => {
    const [line = '', caret = ''] = codeFrame(`${'x'.repeat(500)}HERE${'y'.repeat(500)}`, {
      file: 'f',
      line: 1,
      column: 501,
    }).split('\n');
    expect(line.length).to.be.lessThan(130);
    expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).to.equal('HERE');
  });

  it('is empty for a line that is not there', () => {
    expect(codeFrame('one', { file: 'f', line: 9, column: 1 })).to.equal('');
  });
});
