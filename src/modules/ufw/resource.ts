import { sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Resource, Seen, Step } from '../../model/module.ts';
import { observeUfw } from './observe.ts';
import { reachUfw } from './reach.ts';
import { namesOf, wordsFor } from './rules.ts';
import type { Asked, UfwFacts, UfwScope, UfwState } from './state.ts';

/** The firewall of Ubuntu and Debian, as its own files have it. */
export const ufwFirewall: Resource<UfwScope, UfwState, UfwFacts> = {
  name: 'ufw',
  key: () => 'ufw',
  observe: observeUfw,
  plan,
  reach: reachUfw,
  recall: {
    lost: ([what], before) =>
      what === 'rules' && before !== undefined
        ? 'the place of a rule among the others is not kept'
        : undefined,
  },
  footprints: () => ({
    reads: ['file:/etc/ufw', 'file:/etc/default/ufw', 'package:/'],
    writes: ['file:/etc/ufw', 'file:/etc/default/ufw', 'net:/', 'unit:/ufw.service'],
  }),
};

/** A step after which connections may meet another answer. */
const judging = (one: Step, reason: string): Step => ({ ...one, disruption: 'connection', reason });

const step = (name: string, script: Shell, inverse?: Shell): Step => ({
  name,
  do: sh`${script} >/dev/null`,
  ...(inverse ? { inverse: sh`${inverse} >/dev/null` } : {}),
  stage: 'persistent',
  disruption: 'none',
});

/** It asks before it deletes, resets or comes on, and takes the word that keeps it from asking nowhere else. */
const ufw = (words: readonly string[]): Shell =>
  sh`ufw ${words.some((word) => ['delete', 'reset', 'enable'].includes(word)) ? ['--force'] : []} ${words}`;

/** Rules and defaults come before it is switched on, and after it is switched off. */
function plan({ state, facts }: Seen<UfwState, UfwFacts>, desired: UfwState): Plan {
  const reset = desired.resets > state.resets;
  const from: UfwState = reset ? { ...state, enabled: false, rules: {} } : state;
  const turn = (on: boolean): Step =>
    judging(
      step(
        on ? 'ufw on' : 'ufw off',
        ufw([on ? 'enable' : 'disable']),
        ufw([on ? 'disable' : 'enable']),
      ),
      on ? 'ufw begins to judge connections' : 'ufw judges connections no more',
    );
  const steps: Step[] = [];
  if (reset)
    steps.push(judging(step('ufw as it came', ufw(['reset'])), 'ufw loses its rules, and is off'));
  if (from.enabled && !desired.enabled) steps.push(turn(false));
  for (const which of ['incoming', 'outgoing', 'routed'] as const) {
    if (from[which] === desired[which]) continue;
    const other = step(
      `ufw ${which}: ${desired[which]}`,
      ufw(['default', desired[which], which]),
      ufw(['default', from[which], which]),
    );
    steps.push(judging(other, `connections that no rule is about meet ${desired[which]}`));
  }
  if (from.logging !== desired.logging)
    steps.push(
      step(
        `ufw logging ${desired.logging}`,
        ufw(['logging', desired.logging]),
        ufw(['logging', from.logging]),
      ),
    );
  // Rules for IPv4 as they become more: one can only be put where there is one already.
  const there = new Set(Object.keys(from.rules).filter((name) => !name.endsWith(' (v6)')));
  for (const one of facts.asked) {
    const made = ruleSteps(one, from, desired, { facts, places: there.size });
    if (made.length > 0) for (const name of namesOf(one.wish, facts)) there.add(name);
    steps.push(...made);
  }
  if (!from.enabled && desired.enabled) steps.push(turn(true));
  else if (desired.enabled && desired.reloads > state.reloads)
    steps.push({
      ...step('ufw reads its rules again', ufw(['reload'])),
      disruption: 'reload',
      reason: 'ufw reads its rules again',
    });
  return { steps: unique(steps) };
}

/** What was allowed meets the default. */
const closing = (was: string, one: Step, rule: string): Step =>
  was.startsWith('allow') ? judging(one, `no rule lets these in any more: ${rule}`) : one;

/** A rule that two tasks ask for is one step. */
const unique = (steps: readonly Step[]): readonly Step[] =>
  steps.filter((one, i) => steps.findIndex(({ name }) => name === one.name) === i);

function ruleSteps(
  { wish, insert }: Asked,
  from: UfwState,
  desired: UfwState,
  { facts, places }: { readonly facts: UfwFacts; readonly places: number },
): readonly Step[] {
  const names = namesOf(wish, facts);
  const changed = names.filter((name) => from.rules[name] !== desired.rules[name]);
  const [first] = changed;
  if (first === undefined) return [];
  const [was, is] = [from.rules[first], desired.rules[first]];
  const at = insert !== undefined && insert <= places ? insert : undefined;
  const put = (effect: string, place?: number): Shell => ufw(wordsFor(wish, effect, place));
  // A rule is found by what it does, not by what is said about it.
  const take = (effect: string): Shell => {
    const [route, ...words] = wordsFor(wish, effect.split(' # ')[0] ?? '', undefined);
    return ufw(
      route === 'route'
        ? ['route', 'delete', ...words]
        : ['delete', ...(route === undefined ? [] : [route]), ...words],
    );
  };
  const short = first.replace(/ \(v6\)$/, '');
  if (is === undefined)
    return was === undefined
      ? []
      : [closing(was, step(`no ufw rule ${short}`, take(was), put(was)), short)];
  const made = step(
    `ufw ${is} ${short}`,
    put(is, was === undefined ? at : undefined),
    was === undefined ? take(is) : put(was),
  );
  return [is.startsWith('allow') ? made : judging(made, `new connections meet ${is}: ${short}`)];
}
