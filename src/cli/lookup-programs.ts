import { spawnSync } from 'node:child_process';
import { OrchError } from '../lib/errors.ts';
import type { Io } from './io.ts';
import { searchPath, textOf, type Asking, type Lookup } from './search-path.ts';

const LIMIT = 16 * 1024 * 1024;

/** What a shell command of this machine prints. */
function run(command: string, asking: Asking): string {
  const [cwd = '.'] = searchPath(asking);
  const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', command], {
    cwd,
    encoding: 'utf8',
    maxBuffer: LIMIT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error || status !== 0) {
    const why = error ? error.message : `ended with ${status ?? 'a signal'}`;
    throw new OrchError('TEMPLATE_FAILED', `The command of the lookup ${why}.`, {
      stderr: stderr.slice(0, 2000),
      hint: 'It runs on this machine, not on the host: try it in a shell.',
    });
  }
  return stdout;
}

/** What commands print, without white space at its end. */
export const pipe: Lookup = (terms, _options, asking) =>
  terms.map((term) => run(textOf(term), asking).trimEnd());

/** The lines that commands print. */
export const lines: Lookup = (terms, _options, asking) =>
  terms.flatMap((term) => {
    const printed = run(textOf(term), asking);
    return printed === '' ? [] : printed.replace(/\n$/, '').split('\n');
  });

const FETCH = `fetch(process.argv[1], { headers: JSON.parse(process.argv[2]) }).then(async (r) => {
  if (!r.ok) throw new Error('HTTP ' + r.status);
  process.stdout.write(await r.text());
}).catch((e) => { process.stderr.write(String(e.cause ?? e)); process.exitCode = 1; });`;

/**
 * What the web serves; only when ORCH_ALLOW_URL_LOOKUP is set: a playbook must not be able to tell others
 * what it knows unless the one who runs it agrees.
 */
export const url =
  (io: Io): Lookup =>
  (terms, options) => {
    if (io.env['ORCH_ALLOW_URL_LOOKUP'] !== '1') {
      throw new OrchError('TEMPLATE_FAILED', 'The lookup "url" is not allowed.', {
        hint: 'Set ORCH_ALLOW_URL_LOOKUP=1 to let templates fetch from the web.',
      });
    }
    return terms.flatMap((term) => {
      const headers = JSON.stringify(options['headers'] ?? {});
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['-e', FETCH, textOf(term), headers],
        { encoding: 'utf8', maxBuffer: LIMIT },
      );
      if (status !== 0) {
        throw new OrchError('TEMPLATE_FAILED', `The lookup "url" cannot fetch ${textOf(term)}.`, {
          stderr: stderr.slice(0, 2000),
        });
      }
      if (options['split_lines'] === false) return [stdout];
      return stdout.replace(/\n$/, '').split(/\r?\n/);
    });
  };
