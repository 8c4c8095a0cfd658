import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Probe, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { sections, SHOW, shown, unchanged, writeFile } from '../system/text-file.ts';
import {
  entryOf,
  type PlaceFacts,
  type PlaceScope,
  type PlaceState,
  unescaped,
  withEntry,
} from './state.ts';

/** A place in the tree of files: what fstab says of it, and what is mounted there. */
export const place: Resource<PlaceScope, PlaceState, PlaceFacts> = {
  name: 'mount',
  key: ({ path, file }) => `mount:${file}:${path}`,
  observe: ([scope]) => observe(scope ?? { path: '/', file: '/etc/fstab' }),
  plan,
  recall: { depth: 1 },
  footprints: ({ path, file }) => ({
    reads: ['mount:/', `file:${file}`],
    writes: ['mount:/', `file:${file}`, `file:${path}`],
  }),
};

/** By the shell alone; the kernel's list has the last mount of a place last. */
function observe({ path, file }: PlaceScope): Probe<PlaceState, PlaceFacts> {
  return {
    script: lines([
      SHOW,
      sh`[ ! -e ${file} ] || { echo '=fstab'; show ${file}; }
echo '=mounts'; show /proc/self/mounts
[ ! -d ${path} ] || echo '=made'`,
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, path, file),
  };
}

function parse(
  { stdout, stderr, exit }: Reply,
  path: string,
  file: string,
): Seen<PlaceState, PlaceFacts> {
  const found = sections(stdout.toString('utf8'));
  const mounts = found.get('mounts');
  if (exit !== 0 || !mounts || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell what is mounted', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const text = shown(found.get('fstab') ?? []);
  const mount = mounts
    .map((row) => row.slice(1).split(' '))
    .findLast(([, where = '']) => unescaped(where) === path);
  return {
    state: {
      path,
      fstab: entryOf(text, path)?.entry ?? null,
      mounted: mount !== undefined,
      made: found.has('made'),
      remounts: 0,
    },
    facts: { file, text, source: unescaped(mount?.[0] ?? ''), fstype: mount?.[2] ?? '' },
  };
}

function plan({ state, facts }: Seen<PlaceState, PlaceFacts>, desired: PlaceState): Plan {
  const { path } = state;
  const text = withEntry(facts.text, path, desired.fstab);
  const steps: Step[] = [];
  const persistent = (name: string, script: Shell, inverse: Shell): Step => ({
    name,
    do: script,
    inverse,
    stage: 'persistent',
    disruption: 'none',
  });
  // Where it is mounted is told to mount by fstab, so fstab comes first, and goes last.
  const fstab = persistent(
    `${path} in ${facts.file}`,
    writeFile(facts.file, text),
    writeFile(facts.file, facts.text),
  );
  const rewrites = text !== facts.text;
  const again = state.mounted && desired.mounted && desired.remounts > state.remounts;
  if (!state.mounted && desired.mounted) {
    if (!state.made)
      steps.push(persistent(`directory ${path}`, sh`mkdir -p -- ${path}`, sh`rmdir -- ${path}`));
    if (rewrites) steps.push(fstab);
    steps.push(moved(path, true, facts.file));
    return { guard: unchanged(facts.file, facts.text === '' ? null : facts.text), steps };
  }
  if (state.mounted && !desired.mounted) steps.push(moved(path, false, facts.file));
  if (rewrites) steps.push(fstab);
  if (again)
    steps.push({
      ...moved(path, true, facts.file),
      name: `${path} mounted with other options`,
      do: sh`mount -o remount -- ${path}`,
    });
  if (state.made && !desired.made)
    steps.push(persistent(`no directory ${path}`, sh`rmdir -- ${path}`, sh`mkdir -p -- ${path}`));
  return { guard: unchanged(facts.file, facts.text === '' ? null : facts.text), steps };
}

const moved = (path: string, on: boolean, file: string): Step => {
  const mount = file === '/etc/fstab' ? sh`mount -- ${path}` : sh`mount -T ${file} -- ${path}`;
  const umount = sh`umount -- ${path}`;
  return {
    name: on ? `${path} mounted` : `${path} unmounted`,
    do: on ? mount : umount,
    inverse: on ? umount : mount,
    stage: 'runtime',
    disruption: 'none',
  };
};
