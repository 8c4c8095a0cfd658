import { expect } from 'chai';
import { openStream } from '../../../src/cli/stream.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { Secret } from '../../../src/model/value.ts';
import type { Reporting } from '../../../src/report/reporting.ts';
import { ended, outcome, playStarted, task } from '../../helpers/events.ts';

function listener(): { heard: Stamped[]; ends: number; reporting: Reporting } {
  const it = {
    heard: [] as Stamped[],
    ends: 0,
    reporting: {
      report: (event: Stamped) => void it.heard.push(event),
      finish: () => {
        it.ends++;
        return Promise.resolve();
      },
    },
  };
  return it;
}

describe('openStream', () => {
  it('numbers events, adds the time, takes secrets out', () => {
    const ear = listener();
    const stream = openStream(
      [ear.reporting],
      new Set(['hunter22']),
      () => undefined,
      () => new Date(0),
    );
    stream.emit(playStarted(['a'], []));
    stream.emit(
      ended(
        'a',
        task(1, 'x'),
        outcome('ok', { message: 'got hunter22', data: { pw: new Secret('unlisted') } }),
      ),
    );
    expect(ear.heard.map(({ v, seq, at }) => ({ v, seq, at }))).to.deep.equal([
      { v: 1, seq: 1, at: '1970-01-01T00:00:00.000Z' },
      { v: 1, seq: 2, at: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(ear.heard[1]).to.have.nested.property('outcome.message', 'got ********');
    expect(ear.heard[1]).to.have.nested.property('outcome.data.pw', '********');
  });

  it('unplugs a reporter that throws, tells about it once, goes on with the others', async () => {
    const ear = listener();
    const said: string[] = [];
    const broken: Reporting = {
      report: () => {
        throw new Error('no space for hunter22');
      },
      finish: () => Promise.reject(new Error('never asked')),
    };
    const stream = openStream([broken, ear.reporting], new Set(['hunter22']), (text) =>
      said.push(text),
    );
    stream.emit(playStarted(['a'], []));
    stream.emit(playStarted(['b'], []));
    await stream.finish();
    expect(ear.heard).to.have.length(2);
    expect(ear.ends).to.equal(1);
    expect(said).to.have.length(1);
    expect(said[0])
      .to.include('a report failed and is left out, the run goes on')
      .and.not.include('hunter22');
  });

  it('asks for no report of a run that never began', async () => {
    const ear = listener();
    await openStream([ear.reporting], new Set(), () => undefined).finish();
    expect(ear.ends).to.equal(0);
  });
});
