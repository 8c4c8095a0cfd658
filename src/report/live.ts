import { oneLine } from '../lib/visible.ts';
import { hostSet } from './hosts.ts';
import type { Front } from './track.ts';

/** One line in motion at the foot of a terminal. */
export interface Live {
  show(front: Front): void;
  /** Takes the line away; after that others may write. */
  stop(): Promise<void>;
}

/**
 * Starts the moving line for the task a run waits for. One listr2 task for all hosts, never one per host:
 * its renderer would stall the event loop for seconds. Loads listr2 only now, when there is a terminal.
 */
export async function openLive(front: Front): Promise<Live> {
  const { Listr } = await import('listr2');
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let show: (next: Front) => void = () => undefined;
  const list = new Listr(
    [
      {
        title: titleOf(front),
        task: (_, task) => {
          show = (next) => {
            task.title = titleOf(next);
            task.output = waitingFor(next);
          };
          show(front);
          return finished;
        },
      },
    ],
    {
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: { clearOutput: true, formatOutput: 'truncate' },
    },
  );
  const done = list.run();
  return {
    show: (next) => {
      show(next);
    },
    stop: async () => {
      finish();
      await done;
    },
  };
}

const titleOf = ({ task, done, of }: Front): string => `${oneLine(task.name)}  ${done}/${of} hosts`;

/** Names who keeps the others waiting, once they are few, and what moves meanwhile. */
function waitingFor({ waiting, moving }: Front): string {
  const who = waiting.length <= 3 ? `waiting for ${hostSet(waiting)}` : '';
  return [who, moving].filter((text) => text !== undefined && text !== '').join('; ');
}
