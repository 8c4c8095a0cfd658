import { expect } from 'chai';
import { noDoubts } from '../../../src/engine/doubts.ts';
import { excusedLook, staleBy } from '../../../src/engine/excused.ts';
import * as outcome from '../../../src/engine/outcome.ts';
import { OrchError } from '../../../src/lib/errors.ts';

describe('check mode, behind tasks that were not done', () => {
  const doubts = noDoubts();
  before(() => {
    doubts.unapplied.set('a package', ['file:/', 'unit:/']);
    doubts.unapplied.set('a folder', ['file:/etc/app/.']);
    doubts.unapplied.set('a file', ['file:/etc/app/conf']);
    doubts.unapplied.set('a command', 'anything');
  });

  it('does not believe a look at what they would change', () => {
    expect(staleBy(doubts, ['file:/etc/app/conf'])).to.equal('a file');
    expect(staleBy(doubts, ['file:/etc/app'])).to.equal('a folder');
    expect(staleBy(doubts, ['file:/etc/other'])).to.equal(undefined);
    expect(staleBy(noDoubts(), ['file:/etc/app/conf'])).to.equal(undefined);
  });

  it('takes the failure of a look for something nobody knows, and names the tasks', () => {
    const failed = outcome.failed(new OrchError('TASK_FAILED', 'nothing there'));
    const excused = excusedLook(failed, doubts);
    expect(excused.kind).to.equal('unknown');
    expect(excused.message).to.equal(
      'nothing there; not done before it in check mode: a folder, a file, a command and 1 more',
    );
    expect(excusedLook(failed, noDoubts())).to.equal(failed);
    expect(excusedLook(outcome.ok(), doubts).kind).to.equal('ok');
  });
});
