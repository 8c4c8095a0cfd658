/** Sets larger than this are shown as ranges. */
const FEW = 8;

/** A set of hosts as people read it, and Ansible patterns may write it: `node1, node2`, or `node[1:30]` for many. */
export function hostSet(hosts: readonly string[]): string {
  if (hosts.length <= FEW) return hosts.join(', ');
  return ranges(hosts).join(', ');
}

/** `1 host`, `3 hosts`. */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

function ranges(hosts: readonly string[]): readonly string[] {
  const out: string[] = [];
  let run: Numbered[] = [];
  const flush = (): void => {
    const [first, last] = [run[0], run.at(-1)];
    if (first && last) {
      out.push(
        run.length < 3
          ? run.map((each) => each.name).join(', ')
          : `${first.stem}[${first.digits}:${last.digits}]${first.tail}`,
      );
    }
    run = [];
  };
  for (const name of hosts) {
    const next = numbered(name);
    const last = run.at(-1);
    if (next && last && follows(last, next)) run.push(next);
    else {
      flush();
      if (next) run = [next];
      else out.push(name);
    }
  }
  flush();
  return out;
}

interface Numbered {
  readonly name: string;
  readonly stem: string;
  readonly digits: string;
  readonly tail: string;
}

function numbered(name: string): Numbered | undefined {
  const match = /^(.*?)(\d{1,9})(\D*|\..*)$/.exec(name);
  return match
    ? { name, stem: match[1] ?? '', digits: match[2] ?? '', tail: match[3] ?? '' }
    : undefined;
}

function follows(a: Numbered, b: Numbered): boolean {
  const padded = a.digits.startsWith('0') || b.digits.startsWith('0');
  return (
    a.stem === b.stem &&
    a.tail === b.tail &&
    Number(b.digits) === Number(a.digits) + 1 &&
    (!padded || a.digits.length === b.digits.length)
  );
}
