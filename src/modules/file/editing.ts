import type { StateModule } from '../../model/module.ts';
import { type Edit, type EditParams, editResult, editScope, edited, withDiff } from './edit.ts';
import { file } from './resource.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';

/** A module that edits a text; `Params` are its arguments, defaults filled in. */
export type EditModule<Params> = StateModule<Params, FileScope, FileState, FileFacts>;

/** A module that edits a text, from what it is called and the edit its arguments ask for. */
export const editing = <Params extends EditParams>(
  described: Pick<EditModule<Params>, 'name' | 'params' | 'example' | 'problems'>,
  editOf: (given: Params) => Edit,
): EditModule<Params> => ({
  kind: 'state',
  ...described,
  prepare: withDiff,
  resource: file,
  scope: editScope,
  desired: (current, given) => edited(current, given, editOf(given)),
  result: (before, after, given) => editResult(before, after, given, editOf(given)),
  apart: ({ validate, backup }) => validate !== undefined || backup,
});
