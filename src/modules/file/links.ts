import { Refusal, type Seen } from '../../model/module.ts';
import { attributed } from './attributes.ts';
import type { FileParams } from './file-params.ts';
import { sameEntry } from './same.ts';
import type { Entry, FileFacts, FileState, Link, Regular } from './state.ts';
import { tidy } from './tools.ts';

type FileSeen = Seen<FileState, FileFacts>;

/** The state with a symbolic link at a path. */
export function withLink(
  { state, facts }: FileSeen,
  path: string,
  given: FileParams,
  leadsTo: string,
): FileState | Refusal {
  const { src, force, follow } = given;
  const entry = state[path] ?? { kind: 'absent' };
  if (src === undefined) {
    if (entry.kind !== 'link') return new Refusal('src is required for creating new symlinks');
  } else if (!force && endOf(state[leadsTo]).kind === 'absent')
    return new Refusal(
      `src file does not exist, use "force=yes" if you really want to create the link: ${leadsTo}`,
      { pointer: '/src', code: 'NOT_ON_HOST' },
    );
  const refused = inTheWay(entry, path, force, facts);
  if (refused) return refused;
  const target = src ?? (entry.kind === 'link' ? entry.target : '');
  const kept = entry.kind === 'link' && entry.target === target;
  const link: Link = kept ? entry : { kind: 'link', target };
  const owned = follow ? withEnd(link, path, given, facts) : withOwner(link, path, given, facts);
  if (owned instanceof Refusal) return owned;
  return sameEntry(owned, entry) ? state : { ...state, [path]: owned };
}

const withOwner = (link: Link, path: string, given: FileParams, facts: FileFacts): Link | Refusal =>
  attributed(link, ownersOf(given), { raw: facts.raw[path], facts });

/** Mode and owner are those of what the link leads to, where that is known. */
function withEnd(link: Link, path: string, given: FileParams, facts: FileFacts): Link | Refusal {
  if (!link.leads || link.leads.kind === 'absent') return link;
  const ground = { raw: facts.raw[path]?.end, facts };
  const leads = attributed(link.leads as Regular, given, ground);
  return leads instanceof Refusal ? leads : { ...link, leads };
}

const ownersOf = ({ owner, group }: FileParams): Pick<FileParams, 'owner' | 'group'> => ({
  ...(owner === undefined ? {} : { owner }),
  ...(group === undefined ? {} : { group }),
});

const endOf = (entry: Entry | undefined): Entry =>
  (entry?.kind === 'link' ? entry.leads : entry) ?? { kind: 'absent' };

function inTheWay(
  entry: Entry,
  path: string,
  force: boolean,
  facts: FileFacts,
): Refusal | undefined {
  if (entry.kind === 'directory') {
    if (!force) return new Refusal(`refusing to convert from directory to symlink for ${path}`);
    return facts.raw[path]?.filled
      ? new Refusal(`the directory ${path} is not empty, refusing to convert it`)
      : undefined;
  }
  return entry.kind === 'file' && !force
    ? new Refusal(`refusing to convert from file to symlink for ${path}`, {
        hint: 'force: true replaces the file by the link.',
      })
    : undefined;
}

/** The state with a second name for a file. */
export function withHard(
  { state, facts }: FileSeen,
  path: string,
  given: FileParams,
): FileState | Refusal {
  const entry = state[path] ?? { kind: 'absent' };
  const { src, force } = given;
  const links = Number(facts.raw[path]?.stat[4] ?? 1);
  if (src === undefined)
    return entry.kind === 'file' && links > 1
      ? attributes(state, path, entry, given, facts)
      : new Refusal('src is required for creating new hardlinks');
  const twin = tidy(src);
  const source = state[twin];
  if (!source || source.kind === 'absent')
    return new Refusal('src does not exist', { code: 'NOT_ON_HOST', pointer: '/src' });
  if (entry.kind === 'file' && entry.same?.includes(twin))
    return attributes(state, path, entry, given, facts);
  if (entry.kind === 'directory') return new Refusal(`${path} already exists as a directory`);
  if (entry.kind === 'file' && !force)
    return new Refusal(
      links > 1
        ? 'Cannot link, different hard link exists at destination'
        : 'Cannot link, file exists at destination',
    );
  if (source.kind !== 'file') return new Refusal(`src is a ${source.kind}: it has no second name`);
  const { content: _, same: __, ...rest } = source;
  return attributes(state, path, { ...rest, same: [twin] }, given, facts);
}

function attributes(
  state: FileState,
  path: string,
  entry: Regular,
  given: FileParams,
  facts: FileFacts,
): FileState | Refusal {
  const made = attributed(entry, given, { raw: facts.raw[path], facts });
  return made instanceof Refusal ? made : { ...state, [path]: made };
}
