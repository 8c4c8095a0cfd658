import { readFileSync } from 'node:fs';

/** Set by the build; from source the package itself is asked. */
declare const ORCH_VERSION: string | undefined;

/** The version of orch, as in package.json. */
export function version(): string {
  if (typeof ORCH_VERSION === 'string') return ORCH_VERSION;
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
