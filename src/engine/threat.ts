import type { AnyModule } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { HostRun } from './host-run.ts';
import { params } from './resolve.ts';
import type { Stage } from './stage.ts';

/**
 * Says, before it is sent and in check mode too, that an action plainly takes the line to its host away and that nothing
 * would bring it back. Under a safeguard it needs its `undo` anyway.
 */
export function warnOfThreat(
  { input }: Stage,
  task: Task,
  module: AnyModule,
  { run, scope }: { readonly run: HostRun; readonly scope: Scope },
): void {
  if (module.kind !== 'action' || !module.threatens || task.undo || run.guard) return;
  const resolved = params(task, module, scope, input);
  if (resolved.kind !== 'params' || module.reads(resolved.params)) return;
  const threat = module.threatens(resolved.params);
  if (threat === undefined) return;
  const message = `this ${threat}, and may cut the line to the host: put it under a safeguard with an undo, so that the host takes it back unless a new connection proves it harmless`;
  input.emit({ type: 'warned', host: run.host.name, message, source: task.source });
}
