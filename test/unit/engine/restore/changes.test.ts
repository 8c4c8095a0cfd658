import { expect } from 'chai';
import { changesOf } from '../../../../src/engine/restore/changes.ts';
import type { RunEvent } from '../../../../src/model/event.ts';
import type { ResourceChanged } from '../../../../src/model/journal.ts';
import { task } from '../../../helpers/events.ts';

const changed = (more: Partial<ResourceChanged> & { key: string }): ResourceChanged => ({
  ...{ type: 'resource-changed', host: 'a', phase: 'begun', resource: 'r', scopes: [{}] },
  ...more,
});
const thing = (before: unknown, after: unknown, path = 'x') =>
  ({ path: [path], before, after }) as ResourceChanged['things'] extends
    | readonly (infer T)[]
    | undefined
    ? T
    : never;

const back = (...events: readonly RunEvent[]) =>
  (changesOf(events, (module) => module === 'command').back.get('a') ?? []).map((one) =>
    one.kind === 'action' ? one.script : [one.key, one.things],
  );

const ran = (name: string): RunEvent => ({
  ...{ type: 'task-ended', host: 'a', task: { ...task(1, name), module: 'command' } },
  outcome: {
    kind: 'changed',
    changes: [],
    disruption: 'none',
    notes: [],
    warnings: [],
    findings: [],
  },
});
const safeguard = (state: 'armed' | 'confirmed' | 'waiting' | 'rolled-back'): RunEvent => ({
  ...{ type: 'safeguard', host: 'a', id: 'R.1', state },
});

describe('what of a run can be taken back', () => {
  it('is what changed, the last first', () => {
    expect(
      back(
        changed({ key: 'one', things: [thing(1, 2)] }),
        changed({ key: 'two', things: [thing(3, 4)] }),
        changed({ key: 'one', phase: 'done', things: [{ path: ['x'], after: 2 }] }),
        changed({ key: 'two', phase: 'undone' }),
        changed({ key: 'three', things: [thing(5, 6)] }),
      ),
    ).to.deep.equal([
      ['three', [thing(5, 6)]],
      ['one', [thing(1, 2)]],
    ]);
  });

  it('is one thing from before the first change to behind the last', () => {
    expect(
      back(
        changed({ key: 'one', things: [thing(1, 2)] }),
        changed({ key: 'one', phase: 'done', things: [{ path: ['x'], after: 2 }] }),
        changed({ key: 'one', things: [thing(2, 3), thing(7, 8, 'y')] }),
      ),
    ).to.deep.equal([['one', [thing(1, 3), thing(7, 8, 'y')]]]);
  });

  it('is nothing that a safeguard took back, or that nobody decided about', () => {
    const undo: RunEvent = {
      ...{ type: 'action-undo', host: 'a', name: 'x', source: task(1, 'x').source, script: 'rm x' },
    };
    expect(back(safeguard('armed'), undo, ran('x'), safeguard('rolled-back'))).to.deep.equal([]);
    expect(back(safeguard('armed'), undo, ran('x'))).to.deep.equal([]);
    expect(back(safeguard('armed'), undo, ran('x'), safeguard('confirmed'))).to.deep.equal([
      'rm x',
    ]);
    expect(back(safeguard('armed'), undo, ran('x'), safeguard('waiting'))).to.deep.equal(['rm x']);
  });

  it('is no action without an undo, nothing that was masked, nothing that is lost', () => {
    const { beyond } = changesOf(
      [
        ran('touch'),
        changed({ key: 'masked', things: [thing('x ********', 'y')] }),
        changed({ key: 'big', lost: [{ path: ['z'], why: 'it is large' }] }),
      ],
      (module) => module === 'command',
    );
    expect(beyond.map(({ what, why }) => `${what}: ${why}`)).to.deep.equal([
      '"touch" (play.yml:10): command has no way back',
      'masked x: a secret is in it',
      'big z: it is large',
    ]);
  });

  it('leaves a folder that a task made to that task', () => {
    const absent = (above: number) => ({ kind: 'absent', how: { above } });
    const [file, folder] =
      changesOf(
        [
          changed({ key: 'd', things: [thing(absent(2), {}, '/a/b/c')] }),
          changed({ key: 'f', things: [thing(absent(3), {}, '/a/b/c/f')] }),
        ],
        () => false,
      ).back.get('a') ?? [];
    expect(file).to.have.nested.property('things[0].before.how.above', 0);
    expect(folder).to.have.nested.property('things[0].before.how.above', 2);
  });
});
