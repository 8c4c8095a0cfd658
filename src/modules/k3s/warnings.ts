import { didYouMean } from '../../lib/nearest.ts';
import { FLAGS } from './flag-table.ts';
import { isEntries } from './merge.ts';
import type { K3sFacts, K3sState } from './state.ts';
import { viewOf } from './view.ts';
import { baseKey } from './values.ts';

/** What an operator ought to know about the configuration once our file is in this state. */
export function warningsOf(facts: K3sFacts, state: K3sState): readonly string[] {
  const { files } = viewOf(facts, state);
  const own = files.findIndex(({ path }) => path === facts.file);
  const warnings: string[] = [];
  if (own < 0 && state.mode !== null) {
    warnings.push(
      `K3s does not read ${facts.file}: it reads ${facts.config} and ${facts.config}.d/*.yaml`,
    );
  }
  const ours = new Map(Object.keys(state.flags).map((key) => [baseKey(key), key]));
  for (const [i, { path, entries }] of files.entries()) {
    if (!isEntries(entries) || i === own) continue;
    for (const { key, value, line } of entries) {
      const name = baseKey(key);
      if (value === null)
        warnings.push(
          `${path}:${line} sets ${key} to null: K3s would be given an empty --${name}=`,
        );
      if (own >= 0 && i > own && ours.has(name) && !key.endsWith('+'))
        warnings.push(`${path}:${line} comes later and discards our values of ${name}`);
      const close = FLAGS.has(name) ? '' : didYouMean(name, FLAGS.keys());
      if (close !== '')
        warnings.push(`${path}:${line}: K3s has no flag "${name}" and skips it.${close}`);
    }
  }
  for (const { path, flags } of facts.units) {
    for (const { key } of flags) {
      if (ours.has(key))
        warnings.push(
          `ExecStart in ${path} has --${key} too: the command line wins; take it out there`,
        );
    }
  }
  return warnings;
}
