import { type Problem, Refusal, type Seen } from '../../model/module.ts';
import { modeWord, octal } from './entry.ts';
import { type PutParams, nameFor, placeIn, placesOf, withPut } from './put.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';
import { tidy } from './tools.ts';

/** Arguments of copy that say that the file is on the host already. */
interface RemoteParams extends PutParams {
  readonly src?: string;
}

/** What cannot be copied from one place of a host to another. */
export function remoteProblem(map: Readonly<Record<string, unknown>>): readonly Problem[] {
  return map['remote_src'] === true && map['content'] !== undefined
    ? [{ pointer: '/remote_src', message: 'remote_src needs src, not content' }]
    : [];
}

/** Both files are looked at by their hash: nothing of them comes over the line, unless another task edits the copy. */
export function remoteScope({ src = '', dest, backup }: RemoteParams): FileScope {
  const { path, inside } = placesOf(dest, nameFor(src));
  const places = [path, ...(inside === undefined ? [] : [inside])];
  return {
    path,
    look: [
      ...places.map(
        (at) => ({ path: at, attributes: true, content: 'hash', through: true }) as const,
      ),
      { path: tidy(src), content: 'hash', through: true, sums: true, feeds: places },
    ],
    ...(backup ? { backup: true } : {}),
  };
}

/** The state with a file of the host copied to another place of it. */
export function withRemote(
  current: Seen<FileState, FileFacts>,
  given: RemoteParams,
): FileState | Refusal {
  const { src = '', dest, mode } = given;
  const from = tidy(src);
  const { state, facts } = current;
  const there = state[from];
  const end = there?.kind === 'link' ? there.leads : there;
  if (!end || end.kind === 'absent')
    return new Refusal(`Source ${src} not found`, { code: 'NOT_ON_HOST', pointer: '/src' });
  if (end.kind !== 'file' || end.content === undefined)
    return new Refusal(`remote_src copies files; ${src} is a ${end.kind}`, {
      pointer: '/src',
      hint: 'Copy a folder of the host with `command: cp -a`.',
    });
  if (typeof end.content === 'object' && end.content.sha256 === '')
    return new Refusal(`Source ${src} not readable`, { pointer: '/src' });
  const raw = there?.kind === 'link' ? facts.raw[from]?.end : facts.raw[from];
  const path = placeIn(state, placesOf(dest, nameFor(src)));
  return withPut(current, path, {
    ...given,
    content: end.content,
    from,
    ...(mode === 'preserve' && raw ? { mode: octal(modeWord(raw) & 0o7777) } : {}),
    ...(dest.endsWith('/') ? { parents: {} } : {}),
  });
}

/** The hashes of a file of the host, as results have them. */
export function remoteSums({ raw }: FileFacts, src: string): { sha1?: string; md5?: string } {
  const there = raw[tidy(src)];
  const { sha1, md5 } = there?.end ?? there ?? {};
  return { ...(sha1 === undefined ? {} : { sha1 }), ...(md5 === undefined ? {} : { md5 }) };
}
