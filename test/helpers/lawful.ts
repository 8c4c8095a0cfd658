import { expect } from 'chai';
import fc from 'fast-check';
import { diff } from '../../src/engine/diff.ts';
import { keptOf, unescaped, wholeOf } from '../../src/engine/restore/kept.ts';
import { putBack } from '../../src/engine/restore/modules.ts';
import { at, differences } from '../../src/engine/restore/same.ts';
import { OrchError } from '../../src/lib/errors.ts';
import { Unknown } from '../../src/model/value.ts';
import { Refusal, type Seen, type StateModule } from '../../src/model/module.ts';
import type { Reply } from '../../src/model/transport.ts';

/** What the laws need to know of a module: what hosts show and what users write. */
export interface Lawful<Params, State, Facts> {
  readonly seen: fc.Arbitrary<Seen<State, Facts>>;
  /** Finished arguments, with the defaults of the schema. */
  readonly params: fc.Arbitrary<Params>;
  /** True (the default) when `plan` may be asked for; an OrchError is an answer too. */
  readonly plans?: boolean;
  /** False where what is written down is the look, not the state. */
  readonly restores?: boolean;
  readonly runs?: number;
}

/** Declares the laws that every state module keeps, as tests. */
export function lawful<Params, Scope, State, Facts>(
  module: StateModule<Params, Scope, State, Facts>,
  { seen, params, plans = true, restores = true, runs = 300 }: Lawful<Params, State, Facts>,
): void {
  const numRuns = runs;
  const always = (check: (current: Seen<State, Facts>, given: Params) => void) => () =>
    fc.assert(fc.property(seen, params, check), { numRuns });

  describe(`the laws of a state module: ${module.name}`, () => {
    it(
      'says the same the second time',
      always((current, given) => {
        const state = module.desired(frozen(current), frozen(given));
        if (state instanceof Refusal) return;
        expect(module.desired(frozen({ ...current, state }), given)).to.deep.equal(state);
      }),
    );

    it('finds most of the generated cases possible', () => {
      const cases = fc.sample(fc.tuple(seen, params), 200);
      const possible = cases.filter(
        ([current, given]) => !(module.desired(current, given) instanceof Refusal),
      );
      expect(possible.length).to.be.greaterThan(20);
    });

    it(
      'refuses with a sentence',
      always((current, given) => {
        const state = module.desired(current, given);
        if (state instanceof Refusal) expect(state.message).to.match(/\S \S/);
      }),
    );

    it(
      'deals in plain data',
      always((current, given) => {
        const state = module.desired(current, given);
        if (state instanceof Refusal) return;
        expect(plain(state)).to.deep.equal(state);
        const result = module.result?.(current.state, frozen({ ...current, state }), given);
        // What nobody knows before it is done may be an Unknown, which the host tells then.
        expect(plain(result)).to.deep.equal(mapped(result));
        const told = module.told?.(frozen({ ...current, state }), given, 'said');
        expect(plain(told ?? {})).to.deep.equal(mapped(told ?? {}));
        expect(plain(module.scope(given))).to.deep.equal(module.scope(given));
      }),
    );

    it(
      'gives keys that no other resource gives',
      always((_, given) => {
        const { name, key } = module.resource;
        expect(`${key(module.scope(given))}:`).to.satisfy((text: string) =>
          text.startsWith(`${name}:`),
        );
      }),
    );

    if (plans) {
      it(
        'has a plan for every difference',
        always((current, given) => {
          const state = module.desired(current, given);
          if (state instanceof Refusal || same(state, current.state)) return;
          try {
            const { steps } = module.resource.plan(frozen(current), frozen(state));
            expect(steps).to.not.deep.equal([]);
            const silent = steps.filter(
              ({ disruption, reason }) => disruption !== 'none' && !reason,
            );
            expect(silent, 'steps that disturb and do not say why').to.deep.equal([]);
          } catch (error) {
            if (!(error instanceof OrchError)) throw error;
          }
        }),
      );
    }

    if (plans && restores && module.resource.name !== 'file') {
      it(
        'makes again what was written down of a change',
        always((current, given) => {
          const { resource } = module as unknown as StateModule<unknown, unknown, unknown, unknown>;
          const state = module.desired(current, given);
          if (state instanceof Refusal || same(state, current.state)) return;
          const after = { state: shown(state), facts: current.facts };
          if (same(after.state, current.state)) return;
          const { things = [], how } = keptOf({
            ...{ resource, scopes: [module.scope(given)], before: current, after },
            ...{ hidden: false, planned: false, holdsSecret: () => false },
          });
          const kept = JSON.parse(JSON.stringify({ things, how })) as { things: typeof things };
          const plain = kept.things.map(({ before, ...thing }) => ({
            ...thing,
            ...(before === undefined ? {} : { before: unescaped(before) ?? null }),
          }));
          const made = putBack(resource, after, { ...kept, things: plain });
          const whole = wholeOf(resource, { state: made, facts: current.facts });
          for (const { path, before } of plain)
            expect(
              differences(before, at(whole, path), resource.recall?.partial),
              path.join(' '),
            ).to.deep.equal([]);
          try {
            if (diff(after.state, made).length > 0)
              expect(resource.plan(frozen(after), frozen(made)).steps).to.not.deep.equal([]);
          } catch (error) {
            if (!(error instanceof OrchError)) throw error;
          }
        }),
      );
    }

    it('reads any reply or refuses it with an OrchError', () =>
      fc.assert(
        fc.property(fc.array(params, { minLength: 1, maxLength: 3 }), reply, (given, answer) => {
          const probe = module.resource.observe(given.map((one) => module.scope(one)));
          expect(probe.script.text).to.not.equal('');
          try {
            probe.parse(answer);
          } catch (error) {
            if (!(error instanceof OrchError)) throw error;
          }
        }),
        { numRuns },
      ));
  });
}

/** What only happens is wanted, and shows as 0. */
const shown = <T>(state: T): T =>
  JSON.parse(
    JSON.stringify(state, (key, value: unknown) =>
      ['restarts', 'reloads', 'resets', 'remounts'].includes(key) ? 0 : value,
    ),
  ) as T;

const reply: fc.Arbitrary<Reply> = fc.record({
  stdout: bytes(),
  stderr: bytes(),
  exit: fc.constantFrom(0, 1, 75, 127, -1),
});

function bytes(): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.constant(Buffer.alloc(0)),
  );
}

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

function same(a: unknown, b: unknown): boolean {
  try {
    expect(a).to.deep.equal(b);
    return true;
  } catch {
    return false;
  }
}

/** The value with everything in it frozen: a module that writes to what it is given throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner as unknown);
  }
  return value;
}

/** A value with the reasons of what is unknown in their places. */
const mapped = (value: unknown): unknown =>
  value instanceof Unknown
    ? value.toJSON()
    : Array.isArray(value)
      ? value.map(mapped)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item)]))
        : value;
