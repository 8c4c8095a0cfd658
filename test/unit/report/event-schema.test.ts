import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { redactor } from '../../../src/lib/redact.ts';
import { eventfulRun, stamped } from '../../helpers/events.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/event.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);

describe('schemas/event.schema.json', () => {
  for (const event of [
    ...stamped(eventfulRun()).map(redactor(new Set(['node1']))),
    ...stamped([
      { type: 'batch-started', hosts: ['a'], number: 1, of: 2 },
      { type: 'warned', message: 'general' },
      { type: 'safeguard', host: 'a', id: 'R.1', state: 'begun' },
      { type: 'safeguard', host: 'a', id: 'R.1', state: 'armed', seconds: 60 },
      { type: 'safeguard', host: 'a', id: 'R.1', state: 'rolled-back', message: 'why' },
    ]),
  ]) {
    it(`knows event ${event.seq}: ${event.type}`, () => {
      expect(validate(JSON.parse(JSON.stringify(event))), JSON.stringify(validate.errors)).to.be
        .true;
    });
  }

  it('refuses what is no event', () => {
    for (const wrong of [
      {},
      { type: 'task-ended', v: 1, seq: 1, at: 'now' },
      { ...stamped(eventfulRun())[0], extra: 1 },
    ]) {
      expect(validate(wrong)).to.be.false;
    }
  });
});
