import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import { activate, ENABLED, forget, type Keeper, keeperOf, pathsOf, retire } from './keepers.ts';
import { deleteLink, linkAgain, loadDummy } from './link-scripts.ts';
import type { Kept, LinkState } from './state.ts';

/** The files of a link as they are and as they should be. */
export interface Files {
  readonly name: string;
  readonly from: Kept;
  readonly to: Kept;
}

/** The keeper that makes links itself writes its files and brings the link up: one step, for neither is worth anything alone. */
export function managedStep(
  keeper: Keeper,
  { name, from, to }: Files,
  is: LinkState | null,
  wanted: LinkState,
): Step {
  const had = keeperOf(name, from) === keeper;
  return {
    name: `${name} and its route, by ${TITLES[keeper]}`,
    do: lines([
      raw('set -e'),
      ...(wanted.kind === 'dummy' ? [loadDummy(name)] : []),
      ...write(name, keeper, to),
      sh`{ ${activate(keeper, name, wanted.routes)}
}`,
    ]),
    inverse: lines([
      ...(had ? write(name, keeper, from) : [removeFiles(name, keeper)]),
      forget(keeper, name),
      ...(is ? [linkAgain(name, is)] : [deleteLink(name)]),
    ]),
    stage: 'persistent',
    disruption: 'connection',
    reason: `${TITLES[keeper]} brings ${name} up: what no better route takes leaves by it`,
  };
}

/** A keeper of a link that is there already takes note of it. */
export function keepStep(keeper: Keeper, { name, from, to }: Files): Step {
  const had = keeperOf(name, from) === keeper;
  return {
    name: `${name} and its route after a reboot, by ${TITLES[keeper]}`,
    do: lines([raw('set -e'), ...write(name, keeper, to), activate(keeper, name, [])]),
    inverse: lines(
      had
        ? [...write(name, keeper, from), activate(keeper, name, [])]
        : [removeFiles(name, keeper), forget(keeper, name)],
    ),
    stage: 'persistent',
    disruption: 'none',
  };
}

/** A keeper forgets a link. It may take the link down on the way: then the steps that follow make it again. */
export function unkeepStep(keeper: Keeper, { name, from }: Files, is: LinkState | null): Step {
  return {
    name: `${TITLES[keeper]} forgets ${name}`,
    do: lines([retire(keeper, name), removeFiles(name, keeper), forget(keeper, name)]),
    inverse: lines([
      raw('set -e'),
      ...write(name, keeper, from),
      activate(keeper, name, []),
      ...(is ? [linkAgain(name, is)] : []),
    ]),
    stage: 'persistent',
    disruption: 'connection',
    reason: `${TITLES[keeper]} may take ${name} down for a moment`,
  };
}

/** Who brings a link back, in the reader's words. */
export const TITLES: Readonly<Record<Keeper, string>> = {
  networkmanager: 'NetworkManager',
  networkd: 'systemd-networkd',
  ifupdown: 'ifupdown',
  systemd: 'a systemd unit',
};

/** NetworkManager takes no profile that others may read. */
function write(name: string, keeper: Keeper, files: Kept): readonly Shell[] {
  const mode = keeper === 'networkmanager' ? '600' : '644';
  return pathsOf(name)[keeper].flatMap((path) => {
    const text = files[path];
    if (text === undefined || text === ENABLED) return [];
    const folder = path.slice(0, path.lastIndexOf('/'));
    const next = `${folder}/.${path.slice(folder.length + 1)}.new`;
    return [
      sh`mkdir -p ${folder} && (umask 077 && printf %s ${text} >${next}) && chmod ${mode} ${next} && mv -f ${next} ${path}`,
    ];
  });
}

const removeFiles = (name: string, keeper: Keeper): Shell => sh`rm -f ${pathsOf(name)[keeper]}`;
