import type { Evaluator } from '../model/scope.ts';
import { Meter, type Ports } from './runtime.ts';
import { LazyScope, type Shared } from './scope.ts';

/**
 * The template engine: Jinja2's language with Ansible's filters, evaluated by walking the parsed
 * template. Templates reach variables, the filters listed and the ports given, nothing else.
 */
export function createEvaluator(ports: Ports = {}): Evaluator {
  const shared: Shared = {
    ports,
    meter: new Meter(),
    made: new WeakMap(),
    plain: new WeakMap(),
  };
  return { scope: (layers) => new LazyScope(layers, shared) };
}
