import type { Probe } from '../../model/module.ts';
import { observeScript } from './observe-script.ts';
import { parseReply } from './parse.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState } from './state.ts';

/** The one question that answers all scopes: what any of them asks for is looked at, nothing else. */
export function observeFirewalld(
  scopes: readonly FirewalldScope[],
): Probe<FirewalldState, FirewalldFacts> {
  const all = (list: (scope: FirewalldScope) => readonly string[]): readonly string[] =>
    [...new Set(scopes.flatMap(list))].sort();
  const any = (flag: (scope: FirewalldScope) => boolean): boolean => scopes.some(flag);
  const services = all((scope) => scope.services);
  const definitions = any((scope) => scope.definitions);
  const thorough = any((scope) => scope.thorough);
  return {
    script: observeScript({
      zones: all((scope) => scope.zones),
      idle: all((scope) => scope.idle ?? []),
      interfaces: all((scope) => scope.interfaces),
      services,
      names: all((scope) => scope.names ?? []),
      definitions,
      edited: any((scope) => scope.edited === true),
      serviceNames: services.length > 0 || thorough,
      reload: any((scope) => scope.mayReload),
      thorough,
      // Every task must allow it: one that needs the daemon must not be planned against files only.
      offline: scopes.every((scope) => scope.offline),
    }),
    parse: (reply) => parseReply(reply, scopes),
  };
}
