import type { Source } from '../lib/source.ts';
import { bareTask } from '../model/bare-task.ts';
import type { Keywords, Task } from '../model/play.ts';

/** A `meta` task that nobody wrote. */
export const metaTask = (id: string, action: string, source: Source, keywords: Keywords): Task =>
  bareTask({
    ...{ id, source, keywords },
    module: 'meta',
    args: {
      kind: 'map',
      source,
      entries: [{ key: 'action', keySource: source, value: text(action, source) }],
    },
  });

const text = (value: string, source: Source) => ({ kind: 'scalar', value, source }) as const;
