import type { LazyMap } from '../model/value.ts';
import type { LazyScope } from './scope.ts';

/** `vars`: every variable there is, evaluated when it is read. */
export const allVars = (scope: Pick<LazyScope, 'get' | 'names'>): LazyMap => ({
  lazy: true,
  keys: () => [...new Set(scope.names())],
  get: (name) => scope.get(name),
});
