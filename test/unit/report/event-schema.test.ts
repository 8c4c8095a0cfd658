import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { redactor } from '../../../src/lib/redact.ts';
import { eventfulRun, stamped, task } from '../../helpers/events.ts';

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
      {
        type: 'task-output',
        host: 'a',
        task: task(1, 'x'),
        stream: 'stderr',
        line: 'hm',
        item: 'i',
      },
      { type: 'transfer', host: 'a', direction: 'received', bytes: 7 },
      { type: 'transfer', host: 'a', direction: 'sent', bytes: 7, size: 9 },
      ...(['observe', 'apply', 'action', 'safeguard', 'lease'] as const).map((purpose) => ({
        ...{ type: 'trip-ended' as const, host: 'a', purpose },
        ...{ parts: 1, bytesOut: 1, bytesIn: 1, ms: 1 },
      })),
      {
        ...{ type: 'resource-changed', host: 'a', user: 'root', login: 'b', phase: 'begun' },
        ...{ resource: 'file', key: 'file:/x', scopes: [{ path: '/x' }], how: { mode: '644' } },
        things: [{ path: ['/x'], before: null, after: { kind: 'file' } }],
        lost: [{ path: ['/y'], why: 'it is large' }],
      },
      { type: 'action-undo', host: 'a', local: true, name: 'x', source: task(1, 'x').source },
      { type: 'safeguard', host: 'a', id: 'R.1', state: 'begun' },
      {
        ...{ type: 'exposure-changed', host: 'a' },
        changes: [
          { kind: 'opened', ports: ['6379/tcp'], from: 'any', interfaces: ['eth0'] },
          {
            ...{ kind: 'closed', ports: ['everything'], but: ['22/tcp'] },
            ...{ from: 'any', interfaces: ['eth0'] },
          },
          {
            ...{
              kind: 'unsure',
              ports: ['22/tcp'],
              from: '10.0.0.0/24',
              interfaces: ['eth0', 'veth+'],
            },
            ...{ when: 'after-reload', why: 'policy x may deny what zone public accepts' },
          },
        ],
      },
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
