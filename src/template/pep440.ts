import { failure } from './faults.ts';

const FORM =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;

const PRE: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};

/** What decides the order of a Python version, the weightiest first; local parts come last. */
function keyOf(version: string): readonly number[] {
  const found = FORM.exec(version);
  if (!found) throw failure(`"${version}" is no version of a Python package.`);
  const [, epoch, release = '', pre, preNumber, dash, post, postNumber, dev, devNumber] = found;
  const numbers = release.split('.').map(Number);
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop();
  const padded = Array.from({ length: 20 }, (_, i) => numbers[i] ?? 0);
  const postponed = dash !== undefined || post !== undefined;
  // A bare development version comes before any alpha, a release after its candidates.
  const stage = pre !== undefined ? (PRE[pre.toLowerCase()] ?? 0) : dev && !postponed ? 0 : 4;
  return [
    Number(epoch ?? 0),
    ...padded,
    stage,
    Number(preNumber ?? 0),
    postponed ? 1 : 0,
    Number(dash ?? postNumber ?? 0),
    dev === undefined ? Infinity : Number(devNumber ?? 0),
  ];
}

/** The order of two versions of Python packages: `1.0rc1` before `1.0`, `1.0.post1` after it. */
export function comparePep440(a: string, b: string): number {
  const one = keyOf(a);
  const two = keyOf(b);
  for (const [i, x] of one.entries()) {
    const y = two[i] ?? 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  const local = (version: string): string => version.split('+')[1] ?? '';
  return local(a) === local(b) ? 0 : local(a) < local(b) ? -1 : 1;
}
