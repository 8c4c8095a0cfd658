import { OrchErrors, type OrchError } from '../lib/errors.ts';
import { showSource } from '../lib/source.ts';
import type { Playbook } from '../model/play.ts';
import type { ValidateFlags } from './flags.ts';
import type { Io } from './io.ts';
import { asErrors, warningText } from './findings.ts';
import { inventoryOf, programOf } from './program-of.ts';
import { errorsOf, givenVars, loadBooks, noteGiven, type Found, withImported } from './wiring.ts';
import { openWorld } from './world.ts';

/**
 * Checks playbooks, and the inventory they would run with; tells everything wrong with all of them at once, and what
 * looks wrong. Contacts no host.
 */
export async function validate(
  playbooks: readonly string[],
  flags: ValidateFlags,
  io: Io,
): Promise<number> {
  const world = await openWorld(flags);
  const { files } = world;
  const errors: OrchError[] = [];
  const books: Playbook[] = [];
  const good = new Set<string>();
  let warnings = 0;
  const warn = (text: string): void => {
    warnings++;
    io.err(text);
  };
  const given = { files, hidden: world.hidden, extraVars: givenVars(flags, files), follow: true };
  for (const playbook of playbooks) {
    const found = await errorsOf(async () => {
      const [book] = await loadBooks([playbook], given);
      if (book) books.push(book);
    });
    errors.push(...found);
    if (found.length === 0) good.add(playbook);
  }
  for (const { message, source } of books.flatMap((book) => book.warnings))
    warn(`warning: ${message}\n  --> ${showSource(source)}\n`);
  let inventory: Found | undefined;
  const wrong = await errorsOf(
    () => (inventory = inventoryOf(flags, world, withImported(playbooks, books))),
  );
  errors.push(...wrong);
  if (wrong.length === 0)
    for (const name of [...flags.inventory, ...(inventory?.policyFiles ?? [])]) good.add(name);
  noteGiven(inventory ?? given, books, world);
  // Of a playbook that was not read, nothing is known that others may rely on.
  if (errors.length === 0) {
    const { analyze } = await import('../analyze/analyze.ts');
    const program = programOf(books, { flags, world, inventory, extraVars: given.extraVars });
    const findings = analyze(program);
    for (const one of findings) if (one.level === 'warning') warn(warningText(one, files));
    errors.push(...asErrors(findings));
    for (const { source } of errors) if (source) good.delete(source.file);
  }
  for (const file of good) io.out(`ok: ${file}\n`);
  if (errors.length > 0) throw new OrchErrors(errors);
  if (warnings === 0 || !flags.strict) return 0;
  io.err(`${warnings} warning${warnings > 1 ? 's' : ''}, which --strict does not let pass.\n`);
  return 5;
}
