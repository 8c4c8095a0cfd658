import { OrchError } from '../../lib/errors.ts';
import type { Sections } from './parse-sections.ts';
import { canonical, settingsFromBus } from './parse-settings.ts';
import type { FirewalldScope, Zone, ZoneSettings } from './state.ts';
import { zoneFromXml } from './zone-xml.ts';

/** What was found of zones. */
export interface Found {
  readonly zones: Readonly<Record<string, Zone>>;
  /** Zones that run, besides those that have a file. */
  readonly names: readonly string[];
  readonly raw: Readonly<Record<string, string>>;
  /** Files that cannot be read, of zones that no task names. */
  readonly broken: readonly string[];
}

/** Lines by file. */
export type Files = ReadonlyMap<string, readonly string[]>;

/** Whether a task needs a zone; the others are looked at only for what a reload would do to them. */
export const wantedOf = (
  scopes: readonly FirewalldScope[],
  defaultZone: string,
): ((zone: string) => boolean) => {
  if (!scopes.some(({ mayReload }) => mayReload)) return () => true;
  const named = new Set([
    defaultZone,
    ...scopes.flatMap(({ zones, idle }) => [...zones, ...(idle ?? [])]),
  ]);
  return (zone) => named.has(zone);
};

/** Lines of `grep -H`, by file: `/etc/firewalld/zones/public.xml:<zone>`. */
export function filesOf(text: string): Files {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const file = line.slice(0, colon);
    const lines = files.get(file);
    if (lines) lines.push(line.slice(colon + 1));
    else files.set(file, [line.slice(colon + 1)]);
  }
  return files;
}

/** `/usr/lib/firewalld/zones/public.xml` → `public` */
export const stem = (path: string): string => path.replace(/^.*\//, '').replace(/\.xml$/, '');

/** Runtime from D-Bus, permanent from the files: the daemon writes them at once and reads them within 5 s. */
export function fromFiles(
  sections: Sections,
  files: Files,
  access: string,
  wanted: (zone: string) => boolean,
): Found {
  const broken: string[] = [];
  const runtime = sections.by('runtime');
  const rules = sections.by(`rules-${access}`);
  const raw: Record<string, string> = {};
  const byName = new Map(
    [...files.keys()].filter((f) => f.includes('/zones/')).map((f) => [stem(f), f]),
  );
  const names = access === 'offline' ? [...byName.keys()] : [...runtime.keys()];
  const idle = [...sections.by('idle').keys()].flatMap(
    (name): readonly (readonly [string, Zone])[] => {
      const file = byName.get(name);
      if (file === undefined || runtime.has(name)) return [];
      // Nothing is bound to it, here or there; the rest of what runs is not known and not touched.
      const permanent = permanentOf(file, files, undefined, access);
      return [[name, { runtime: permanent, permanent }]];
    },
  );
  const zones = names.flatMap((name): readonly (readonly [string, Zone])[] => {
    const file = byName.get(name);
    const running = runtime.get(name) ?? '';
    if (file !== undefined && !wanted(name) && !readable(file, files)) {
      broken.push(file);
      return [];
    }
    if (running !== '') raw[`runtime ${name}`] = running;
    if (file !== undefined) raw[`permanent ${name}`] = rawFile(file, files);
    const zone = {
      runtime: running === '' ? null : canonical(settingsFromBus(running)),
      permanent: file === undefined ? null : permanentOf(file, files, rules.get(name), access),
    };
    // One that only runs is let be; one that does not run yet is brought up by a reload.
    const loads = zone.permanent !== null && (zone.runtime !== null || access !== 'offline');
    return loads || wanted(name) || isBound(zone) ? [[name, zone]] : [];
  });
  return {
    broken,
    zones: Object.fromEntries([...idle, ...zones]),
    names: [...runtime].filter(([, text]) => text !== '').map(([name]) => name),
    raw,
  };
}

const isBound = ({ runtime, permanent }: Zone): boolean =>
  [runtime, permanent].some(
    (settings) => settings !== null && settings.interfaces.length + settings.sources.length > 0,
  );

function readable(file: string, files: Files): boolean {
  try {
    zoneFromXml((files.get(file) ?? []).join('\n'), file, []);
    return true;
  } catch (error) {
    if (error instanceof OrchError) return false;
    throw error;
  }
}

/** The text the guard of a plan compares: what `grep -sH '^[^#]' FILE` prints. */
export const rawFile = (file: string, files: Files): string =>
  (files.get(file) ?? []).map((line) => `${file}:${line}`).join('\n');

function permanentOf(
  file: string,
  files: Files,
  rules: string | undefined,
  access: string,
): ZoneSettings {
  const text = (files.get(file) ?? []).join('\n');
  const spelled =
    rules === undefined
      ? []
      : access === 'offline'
        ? rules.split('\n').filter((line) => line !== '')
        : settingsFromBus(rules).richRules;
  return canonical(zoneFromXml(text, file, spelled));
}
