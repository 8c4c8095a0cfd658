import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sleeper } from '../../../src/cli/ask.ts';

describe('what is loaded late', () => {
  it('is never a part of Node by import(): compiled code that is kept between runs cannot do that', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
    const late = files.filter(
      (file) =>
        file.endsWith('.ts') && /\bimport\('node:/.test(readFileSync(join('src', file), 'utf8')),
    );
    expect(files.length).to.be.greaterThan(100);
    expect(late).to.deep.equal([]);
  });
});

describe('sleeps of a run', () => {
  it('end when their time is over, and at once when the run is interrupted', async () => {
    const stop = new AbortController();
    const sleep = sleeper(stop.signal);
    await sleep(1);
    const long = sleep(3600_000);
    stop.abort();
    await long;
    await sleep(3600_000);
  });
});
