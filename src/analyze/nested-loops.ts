import { allTasks, type Play } from '../model/play.ts';
import { warning, type Finding } from './finding.ts';

/** Loops in files that are included in a loop, over the same variable: the inner one hides the outer one. */
export const nestedLoops = (play: Play): readonly Finding[] =>
  (play.followed ?? []).flatMap(({ task: outer, items }) =>
    outer.loop === undefined
      ? []
      : allTasks({ sections: [{ kind: 'tasks', items }] }).flatMap(({ loop, loopControl }) =>
          loop && loopControl.loopVar === outer.loopControl.loopVar
            ? [
                warning({
                  rule: 'duplicate-loop-variable',
                  source: loop.source,
                  message: `"${loopControl.loopVar}" is the variable of the loop that includes this file, too: the outer one is not seen here.`,
                  hint: 'Name one of the two: loop_control: {loop_var: NAME}.',
                }),
              ]
            : [],
        ),
  );
