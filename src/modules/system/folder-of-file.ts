import { posix } from 'node:path';
import type { Requirement } from '../../model/requirement.ts';

/** The folder that a file is made in has to be there. */
export function folderOfFile(path: string): Requirement {
  const folder = posix.dirname(path);
  return {
    keys: [`file:${folder}`],
    message: `Destination directory ${folder} does not exist`,
    hint: `Make it before: file: {path: ${folder}, state: directory}.`,
  };
}
