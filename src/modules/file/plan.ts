import { type Shell, lines, raw } from '../../lib/shell.ts';
import type { Plan, Seen, Step } from '../../model/module.ts';
import { type Owned, chownStep } from './owned.ts';
import { broughtOf } from './content.ts';
import { guardOf } from './guard.ts';
import { gone, inverseOf } from './inverse.ts';
import { type Was, makeEntry, removeEntry } from './make.ts';
import { sameEntry, sameThing } from './same.ts';
import type { Absent, Attributes, Entry, FileFacts, FileState } from './state.ts';
import { TOOLS } from './tools.ts';

/** Steps from what is at some paths to what should be; every path is written once, whatever tasks want of it. */
export function planFiles(current: Seen<FileState, FileFacts>, desired: FileState): Plan {
  const { state, facts } = current;
  const moves = Object.keys(desired)
    .sort(byDepth)
    .flatMap((path): readonly Move[] => {
      const is = state[path] ?? { kind: 'absent' };
      const wanted = desired[path];
      if (!wanted || sameEntry(is, wanted)) return [];
      const was = { raw: facts.raw[path], facts, missing: facts.missing[path] ?? 0 };
      return movesOf({ path, is, wanted, was });
    });
  const owned = moves.filter(({ is, wanted }) => sameThing(is, wanted));
  const steps = moves
    .filter((move) => !owned.includes(move))
    .map(({ path, is, wanted, was }): Step => {
      const back = inverseOf(path, is, was);
      const brings =
        wanted.kind === 'file' && wanted.how?.from === undefined && wanted.content !== undefined
          ? broughtOf(wanted.content)
          : undefined;
      return {
        name: wanted.kind === 'absent' ? `no ${path}` : `${noun(wanted)} ${path}`,
        do: wanted.kind === 'absent' ? removed(path, is, wanted) : makeEntry(path, is, wanted, was),
        ...(brings ? { brings } : {}),
        ...(back ? { inverse: back } : {}),
        stage: 'persistent',
        disruption: 'none',
      };
    });
  if (owned.length > 0) steps.push(chownStep(owned.map(ownedOf)));
  const paths = new Set(moves.map(({ asked }) => asked));
  return { guard: guard([...paths], facts), steps };
}

/** What was made is taken away without what others put into it. */
const removed = (path: string, is: Entry, { how }: Absent): Shell =>
  how ? gone(path, how.above) : removeEntry(path, is.kind);

const byDepth = (a: string, b: string): number =>
  a.split('/').length - b.split('/').length || (a < b ? -1 : 1);

const guard = (paths: readonly string[], facts: FileFacts): Shell =>
  lines([raw('LC_ALL=C; export LC_ALL'), TOOLS, ...paths.map((path) => guardOf(path, facts))]);

/** One thing that changes. */
interface Move {
  readonly path: string;
  /** The path a task named; another one where a link leads to what changes. */
  readonly asked: string;
  readonly is: Entry;
  readonly wanted: Entry;
  readonly was: Was;
}

/** A change of what a link leads to is made there, not at the link. */
function movesOf(move: Omit<Move, 'asked'>): readonly Move[] {
  const { path, is, wanted, was } = move;
  const here = { ...move, asked: path };
  if (is.kind !== 'link' || wanted.kind !== 'link' || !is.leads || !wanted.leads) return [here];
  const end = was.raw?.real;
  if (is.target !== wanted.target || end === undefined || sameEntry(is.leads, wanted.leads))
    return [here];
  const there = {
    path: end,
    asked: path,
    is: is.leads,
    wanted: wanted.leads,
    was: { ...was, raw: was.raw?.end },
  };
  const owners = is.owner !== wanted.owner || is.group !== wanted.group;
  return owners ? [there, here] : [there];
}

const ownedOf = ({ path, wanted, was }: Move): Owned => ({
  path,
  raw: was.raw,
  wanted: wanted as Attributes,
  link: wanted.kind === 'link',
});

const noun = ({ kind }: Entry): string => (kind === 'directory' ? 'folder' : kind);
