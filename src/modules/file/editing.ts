import type { Result, StateModule } from '../../model/module.ts';
import { type Edit, type EditParams, editResult, editScope, edited, withDiff } from './edit.ts';
import { file } from './resource.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';

/** A module that edits a text; `Params` are its arguments, defaults filled in. */
export type EditModule<Params> = StateModule<Params, FileScope, FileState, FileFacts>;

type Described<Params> = Pick<EditModule<Params>, 'name' | 'params' | 'example' | 'problems'>;

/** What `register` sees besides what every edit tells. */
type Tells<Params> = (given: Params, data: Result['data']) => Result['data'];

/** A module that edits a text, from what it is called and the edit its arguments ask for. */
export const editing = <Params extends EditParams>(
  described: Described<Params>,
  editOf: (given: Params) => Edit,
  tells?: Tells<Params>,
): EditModule<Params> => editingAt(described, (given) => given, editOf, tells);

/** The same where the arguments do not name the file as other edits do: `place` does. */
export const editingAt = <Params extends object>(
  described: Described<Params>,
  place: (given: Params) => EditParams,
  editOf: (given: Params) => Edit,
  tells: Tells<Params> = () => ({}),
): EditModule<Params> => ({
  kind: 'state',
  ...described,
  prepare: withDiff,
  resource: file,
  scope: (given) => editScope(place(given)),
  desired: (current, given) => edited(current, place(given), editOf(given)),
  result(before, after, given) {
    const result = editResult(before, after, place(given), editOf(given));
    return { ...result, data: { ...result.data, ...tells(given, result.data) } };
  },
  apart(given) {
    const { validate, backup } = place(given);
    return validate !== undefined || backup;
  },
});
