import type { MapTree } from '../model/tree.ts';
import { checkKeywords, type KeywordsOf, type Loading } from './loading.ts';

/** Keywords that count as not written where nothing stands behind them, as in Ansible. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  ...['become', 'become_user', 'become_method', 'remote_user', 'user', 'port', 'connection'],
  ...['delegate_to', 'delegate_facts', 'ignore_errors', 'ignore_unreachable', 'any_errors_fatal'],
  ...['no_log', 'run_once', 'check_mode', 'diff', 'timeout', 'retries'],
  ...['register', 'gather_facts', 'force_handlers', 'order'],
  ...['max_fail_percentage', 'fact_path', 'gather_subset', 'gather_timeout'],
]);

/** The keywords of a play, block, task or role that can be read: those that are wrong are told and left out. */
export function soundKeywords(loading: Loading, kind: KeywordsOf, map: MapTree): MapTree {
  const given = withoutEmpty(map);
  const bad = checkKeywords(loading, kind, given);
  return { ...given, entries: given.entries.filter(({ key }) => !bad.has(key)) };
}

/** The same without keywords that are empty: `become:` alone says nothing. */
const withoutEmpty = (map: MapTree): MapTree => ({
  ...map,
  entries: map.entries.filter(
    ({ key, value }) => !(value.kind === 'scalar' && value.value === null && MAY_BE_EMPTY.has(key)),
  ),
});
