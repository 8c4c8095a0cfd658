import { OrchError } from '../../lib/errors.ts';
import type { Reply } from '../../model/transport.ts';

/** The reply of the observation, by section. */
export interface Sections {
  /** The text of the section `@name`, without its last newline; nothing when it is not there. */
  text(name: string): string | undefined;
  /** The lines of a section that are not empty. */
  lines(name: string): readonly string[];
  /** Sections `@name argument`, by argument. */
  by(name: string): ReadonlyMap<string, string>;
}

/** Splits a reply into sections. Throws REPLY_UNREADABLE when it did not come whole, or what made the script give up. */
export function readSections(reply: Reply): Sections {
  const text = reply.stdout.toString('utf8');
  const gaveUp = /^@fail (\w+)\n([^]*?)\n?@end\n$/m.exec(text);
  if (gaveUp) throw whyNot(gaveUp[1] ?? '', gaveUp[2] ?? '');
  if (reply.exit !== 0 || !text.endsWith('\n@end\n')) throw cutShort(reply);
  const found = text.split(/^@/m).slice(1);
  const sections = found.map((section) => {
    const end = section.indexOf('\n');
    const [name = '', ...rest] = section.slice(0, end).split(' ');
    return { name, argument: rest.join(' '), text: section.slice(end + 1).replace(/\n$/, '') };
  });
  const textOf = (name: string): string | undefined =>
    sections.find((section) => section.name === name)?.text;
  return {
    text: textOf,
    lines: (name) => (textOf(name) ?? '').split('\n').filter((line) => line !== ''),
    by: (name) =>
      new Map(sections.filter((s) => s.name === name).map((s) => [s.argument, s.text] as const)),
  };
}

function cutShort({ exit, stderr, ended }: Reply): OrchError {
  const why = ended === 'deadline' ? 'it was ended at its deadline' : `exit status ${exit}`;
  return new OrchError(
    'REPLY_UNREADABLE',
    `the look at firewalld did not come to its end (${why})`,
    { stderr: stderr.toString('utf8').slice(0, 2000) },
  );
}

/** The error that says why firewalld could not be looked at; `text` is what busctl said, or firewall-cmd's exit code. */
function whyNot(kind: string, text: string): OrchError {
  const said = text.replace(/^Call failed: /, '').trim();
  const exit = kind === 'cli' ? Number(said) : undefined;
  if (kind === 'missing') {
    return new OrchError('FIREWALLD_NOT_INSTALLED', 'firewalld is not installed');
  }
  if (kind === 'denied') {
    return new OrchError('FIREWALLD_DENIED', `${said} cannot be read by the user of this task`);
  }
  if (kind === 'down') {
    return new OrchError('FIREWALLD_NOT_RUNNING', 'firewalld is installed but not running');
  }
  if (exit === 36 || /connect to .*\bbus\b|bus address/i.test(said)) {
    return new OrchError('DBUS_DOWN', 'D-Bus system bus not reachable', { stderr: said });
  }
  if (exit === 253 || /denied|not ?authorized|authorization|not permitted/i.test(said)) {
    return new OrchError('FIREWALLD_DENIED', 'firewalld refuses to talk to the user of this task', {
      stderr: said,
    });
  }
  if (/timed? ?out/i.test(said)) {
    return new OrchError('FIREWALLD_FAILED', 'firewalld did not answer within 15 seconds');
  }
  const what = exit === undefined ? firstLine(said) : `firewall-cmd ended with exit code ${said}`;
  return new OrchError('FIREWALLD_FAILED', `firewalld answered with an error: ${what}`, {
    stderr: said,
  });
}

/** Python's tracebacks have the reason in their last line; everything else in its first. */
function firstLine(text: string): string {
  const all = text.split('\n').map((line) => line.trim());
  return (text.startsWith('Traceback') ? all.at(-1) : all[0]) ?? '';
}
