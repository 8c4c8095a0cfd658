import { OrchError } from '../lib/errors.ts';

/** What commander says of a command line, as an error like all others. */
export function usageError(text: string, argv: readonly string[]): OrchError {
  const [, message = text.trim(), close] =
    /^error: ([^]*?)(?:\n\(Did you mean ([^]*?)\?\))?\s*$/.exec(text) ?? [];
  const verb = argv.find((word) => !word.startsWith('-'));
  const known = verb === undefined || /^unknown command/.test(message) ? '' : ` ${verb}`;
  const see = `See \`orch${known} --help\` for the ${known === '' ? 'verbs' : 'flags'}.`;
  return new OrchError('USAGE', message, {
    hint: close === undefined ? see : `Did you mean ${close}? ${see}`,
  });
}
