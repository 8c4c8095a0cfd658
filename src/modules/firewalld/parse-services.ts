import type { ServiceDefinition } from './state.ts';
import { serviceFromXml } from './zone-xml.ts';

/** Definitions of services from their files (path → lines), with what they include counted as their own. */
export function definitionsIn(
  files: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, ServiceDefinition>> {
  const own = new Map(
    [...files].map(([path, lines]) => [
      path.replace(/^.*\//, '').replace(/\.xml$/, ''),
      serviceFromXml(lines.join('\n'), path),
    ]),
  );
  const whole = (name: string, around: readonly string[]): ServiceDefinition => {
    const found = own.get(name);
    if (!found || around.includes(name)) return { ports: [], protocols: [], hasDestination: false };
    const included = found.includes.map((inner) => whole(inner, [...around, name]));
    // An included service that is limited to destinations opens nothing for sure: it is left out, not spread.
    const sure = included.filter(({ hasDestination }) => !hasDestination);
    return {
      ports: unique([...found.ports, ...sure.flatMap(({ ports }) => ports)]),
      protocols: unique([...found.protocols, ...sure.flatMap(({ protocols }) => protocols)]),
      hasDestination: found.hasDestination,
    };
  };
  return Object.fromEntries([...own.keys()].map((name) => [name, whole(name, [])]));
}

const unique = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
