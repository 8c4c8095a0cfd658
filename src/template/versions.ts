import { failure } from './faults.ts';
import { comparePep440 } from './pep440.ts';

/** Judges the order of two versions: negative, zero or positive. */
export type VersionCheck = (order: number) => boolean;

/** The ways to read versions: Python's names for them. */
const KINDS: Readonly<Record<string, (a: string, b: string) => number>> = {
  loose: compareLoose,
  strict: compareStrict,
  semver: compareSemantic,
  semantic: compareSemantic,
  pep440: comparePep440,
};

/** The order of two versions, read as `kind` says. Loose is Ansible's default: numbers and words in turn, `1.10` after `1.9`. */
export function compareVersions(a: string, b: string, kind: string): number {
  const compare = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!compare) {
    const names = Object.keys(KINDS).join(', ');
    throw failure(`There is no kind of version "${kind}".`, `The kinds are: ${names}.`);
  }
  return compare(a.trim(), b.trim());
}

type Part = number | string;

const partsOf = (version: string): Part[] =>
  version
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function compareLoose(a: string, b: string): number {
  const one = partsOf(a);
  const two = partsOf(b);
  for (const [i, x] of one.entries()) {
    const y = two[i];
    if (y === undefined) return 1;
    if (x === y) continue;
    if (typeof x !== typeof y) {
      throw failure(
        'The versions have a number and a word at the same place.',
        'Compare versions of one form, or give version_type="semver".',
      );
    }
    return x < y ? -1 : 1;
  }
  return one.length === two.length ? 0 : -1;
}

const order = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** The first of some comparisons that tells the two apart. */
const first = (...orders: readonly number[]): number => orders.find((n) => n !== 0) ?? 0;

function compareStrict(a: string, b: string): number {
  const [one, two] = [a, b].map((version) => {
    const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version);
    if (!found) throw failure(`"${version}" is no strict version, such as 1.2.3.`);
    const numbers = [found[1], found[2], found[3] ?? 0].map(Number);
    return { numbers, pre: found[4], pick: Number(found[5] ?? 0) };
  });
  if (!one || !two) return 0;
  const core = first(...one.numbers.map((n, i) => order(n, two.numbers[i] ?? 0)));
  if (core !== 0 || one.pre === two.pre) return core || order(one.pick, two.pick);
  if (one.pre === undefined) return 1;
  return two.pre === undefined || one.pre < two.pre ? -1 : 1;
}

const SEMANTIC =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

function compareSemantic(a: string, b: string): number {
  const [one, two] = [a, b].map((version) => {
    const found = SEMANTIC.exec(version);
    if (!found) throw failure(`"${version}" is no semantic version, such as 1.2.3-rc.1.`);
    return { numbers: found.slice(1, 4).map(Number), pre: found[4]?.split('.') };
  });
  if (!one || !two) return 0;
  const core = first(...one.numbers.map((n, i) => order(n, two.numbers[i] ?? 0)));
  if (core !== 0) return core;
  // A release comes after what came before it.
  if (!one.pre || !two.pre) return order(one.pre ? 0 : 1, two.pre ? 0 : 1);
  for (const [i, x] of one.pre.entries()) {
    const y = two.pre[i];
    if (y === undefined) return 1;
    if (x !== y) return comparePart(x, y);
  }
  return order(one.pre.length, two.pre.length);
}

/** Numbers come before words, each in their own order. */
function comparePart(x: string, y: string): number {
  const [one, two] = [/^\d+$/.test(x), /^\d+$/.test(y)];
  if (one && two) return order(Number(x), Number(y));
  if (one !== two) return one ? -1 : 1;
  return x < y ? -1 : 1;
}
