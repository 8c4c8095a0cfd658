import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { LinkState } from './state.ts';

/**
 * Loading the module may itself make a dummy0: numdummies=0 asks it not to, and a link that appeared
 * meanwhile is as good as one made here (the guard saw that there was none).
 */
export function createLink(name: string, kind: string): Shell {
  const path = `/sys/class/net/${name}`;
  const hint =
    kind === 'dummy'
      ? ' (this kernel has no dummy links: install its extra modules, e.g. kernel-modules-extra, or set link: bridge)'
      : '';
  return lines([
    ...(kind === 'dummy' ? [loadDummy(name)] : []),
    sh`[ -e ${path} ] || e=$(ip link add name ${name} type ${kind} 2>&1) || [ -e ${path} ] || {`,
    raw('case $e in'),
    sh`*'nknown device type'*|*'not supported'*) echo "$e"${hint} >&2;;`,
    raw('*) echo "$e" >&2;;\nesac\nexit 1; }'),
  ]);
}

/** Takes the link away, with its addresses and routes. */
export const deleteLink = (name: string): Shell => {
  const path = `/sys/class/net/${name}`;
  return sh`[ ! -e ${path} ] || ip link del dev ${name} || [ ! -e ${path} ]`;
};
/** Gives the link an address. */
export const addAddress = (name: string, address: string): Shell =>
  sh`ip addr replace ${address} dev ${name}`;
/** Takes an address from the link. */
export const delAddress = (name: string, address: string): Shell =>
  sh`ip addr del ${address} dev ${name}`;
/** Makes a default route through the link. */
export const addRoute = (name: string, route: string): Shell =>
  sh`ip route replace ${hop(route)} dev ${name} ${metric(route)}`;
/** Takes a default route through the link away. */
export const delRoute = (name: string, route: string): Shell =>
  sh`ip route del ${hop(route)} dev ${name} ${metric(route)}`;

const hop = (route: string): readonly string[] => route.split(' metric ')[0]?.split(' ') ?? [];
const metric = (route: string): readonly string[] => ['metric', route.split(' metric ')[1] ?? '0'];

/** Makes a link as it was. */
export const linkAgain = (name: string, { kind, up, addresses, routes }: LinkState): Shell =>
  lines([
    sh`set -e`,
    createLink(name, kind),
    ...(up ? [sh`ip link set dev ${name} up`] : []),
    ...addresses.map((address) => addAddress(name, address)),
    ...routes.map((route) => addRoute(name, route)),
  ]);

/** Loads the module if it is one; whether there are such links shows when one is made. */
export const loadDummy = (name: string): Shell =>
  sh`[ -e ${`/sys/class/net/${name}`} ] || modprobe -q dummy numdummies=0 >/dev/null 2>&1 || :`;
