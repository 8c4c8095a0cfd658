import type { IncludePort } from '../model/play.ts';
import { answer, newPlayLoading, playVarsOf } from './included.ts';
import { readItems } from './items.ts';
import { newLoading, type LoadOptions } from './loading.ts';

/** Reads what dynamic includes name, when their turn comes. Nothing is kept between two requests: a file may have changed. */
export const includer =
  (options: LoadOptions): IncludePort =>
  (request) => {
    const dir = request.task.include?.place.dir ?? '.';
    const playVars = () => playVarsOf(request.play);
    return answer(
      newPlayLoading(newLoading({ ...options, running: true }), readItems, dir, playVars),
      request,
    );
  };
