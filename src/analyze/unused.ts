import type { Definition } from './gives.ts';
import { warning, type Finding } from './finding.ts';
import { RESERVED } from './magic-names.ts';
import type { Words } from './reads.ts';

/** Variables that are given and that nothing reads, as far as that can be known. */
export function unusedVariables(
  definitions: readonly Definition[],
  words: Words,
): readonly Finding[] {
  if (words.any) return [];
  const told = new Set<string>();
  return definitions.flatMap(({ name, source, what, own }): readonly Finding[] => {
    const place = JSON.stringify([source, name]);
    // Names that begin with ansible_ steer connections and modules; _ says that nobody is to read it.
    if (!own || words.met.has(name) || /^(?:ansible_|_)/.test(name) || told.has(place)) return [];
    told.add(place);
    return [
      warning({
        rule: 'unused-variable',
        source,
        message: `Nothing reads ${what} "${name}".`,
        hint: 'Remove it, or mend the name where it is meant to be read.',
      }),
    ];
  });
}

/** Variables with names that orch sets itself. */
export const reservedNames = (definitions: readonly Definition[]): readonly Finding[] =>
  definitions
    .filter(({ name }) => RESERVED.has(name))
    .map(({ name, source, what }) =>
      warning({
        rule: 'reserved-name',
        source,
        message: `${what.replace(/^the/, 'The')} "${name}" is never seen: orch sets this name itself.`,
        hint: 'Give it another name.',
      }),
    );
