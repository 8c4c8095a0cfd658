import { type Problem, Refusal } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { modeWord, octal } from './entry.ts';
import { modeOf, modeProblem } from './mode.ts';
import type { Attributes, Entry, FileFacts, Raw } from './state.ts';

/** Arguments about mode and owner, as JSON Schema: those of Ansible's file modules. */
export const ATTRIBUTE_PARAMS = {
  mode: {
    type: ['string', 'integer'],
    description:
      'Permissions: octal in quotes ("0644"), symbolic (u=rwX,g=rX,o=), or 0644 without quotes as YAML reads it. ' +
      'Left out: kept, or what umask leaves for something new.',
    examples: ['0644'],
  },
  owner: {
    type: ['string', 'integer'],
    description: 'User that owns it, by name or number. Left out: kept.',
  },
  group: {
    type: ['string', 'integer'],
    description: 'Group that owns it, by name or number. Left out: kept.',
  },
  unsafe_writes: {
    type: 'boolean',
    default: false,
    description: 'Accepted and without effect: a file is always replaced as a whole.',
  },
} as const;

/** What ATTRIBUTE_PARAMS describes. */
export interface AttributeParams {
  readonly mode?: string | number;
  readonly owner?: string | number;
  readonly group?: string | number;
}

/** What is wrong with a mode argument, before a host is asked. */
export function modeProblems(params: unknown, name = 'mode'): readonly Problem[] {
  const given = isMap(params) ? params[name] : undefined;
  if ((typeof given !== 'string' && typeof given !== 'number') || given === 'preserve') return [];
  const refused = modeProblem(given);
  return refused
    ? [
        {
          pointer: `/${name}`,
          message: refused.message,
          ...(refused.hint === undefined ? {} : { hint: refused.hint }),
        },
      ]
    : [];
}

/** What an entry is made from: the raw answer for the path, and what holds for anything new. */
export interface Ground {
  readonly raw: Raw | undefined;
  readonly facts: FileFacts;
}

/** The permissions something new gets when nobody says. */
export const freshMode = (kind: 'file' | 'directory', { umask }: FileFacts): string =>
  octal((kind === 'file' ? 0o666 : 0o777) & ~umask);

/**
 * What something new has when nobody says. In the place of what a task before took away it would be owned as the old one
 * was, so it is said whose it is.
 */
export function freshAttributes(
  kind: 'file' | 'directory',
  path: string,
  facts: FileFacts,
): { readonly mode: string; readonly owner?: string; readonly group?: string } {
  const [, owner, , group] = facts.self ?? [];
  const mode = freshMode(kind, facts);
  if (facts.raw[path] === undefined || owner === undefined || group === undefined) return { mode };
  return { mode, owner, group };
}

/** An entry with the mode and owner that are asked for; what is not asked for stays. */
export function attributed<E extends Attributes & { readonly kind: Entry['kind'] }>(
  entry: E,
  params: AttributeParams,
  { raw, facts }: Ground,
): E | Refusal {
  const mode = params.mode === undefined ? entry.mode : modeFor(entry, params.mode, raw, facts);
  if (mode instanceof Refusal) return mode;
  const owner = ownerFor(params.owner, entry.owner, raw?.owner, raw?.stat[2]);
  const group = ownerFor(params.group, entry.group, raw?.group, raw?.stat[3]);
  return {
    ...entry,
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

function modeFor(
  entry: Attributes & { readonly kind: Entry['kind'] },
  given: string | number,
  raw: Raw | undefined,
  facts: FileFacts,
): string | Refusal {
  const directory = entry.kind === 'directory';
  const now = entry.mode ?? freshMode(directory ? 'directory' : 'file', facts);
  const mode = raw && entry.mode === undefined ? modeWord(raw) & 0o7777 : parseInt(now, 8);
  return modeOf(given, { mode, directory, umask: facts.umask });
}

/** A number that is the one of the name there is means that name. */
function ownerFor(
  given: string | number | undefined,
  now: string | undefined,
  rawName: string | undefined,
  rawId: string | undefined,
): string | undefined {
  if (given === undefined) return now;
  const wanted = String(given);
  return /^\d+$/.test(wanted) && wanted === rawId && now === rawName ? now : wanted;
}
