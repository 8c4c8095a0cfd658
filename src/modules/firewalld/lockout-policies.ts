import { OrchError } from '../../lib/errors.ts';
import { stem } from './parse-files.ts';
import type { HostPolicy } from './state.ts';
import { type Element, readXml } from './zone-xml.ts';

/**
 * Policies for traffic to the host itself, from their files (path → lines). firewalld's own
 * allow-host-ipv6 is not read; what a policy does exactly is not worked out, only whether it can let in or deny.
 */
export function policiesIn(files: ReadonlyMap<string, readonly string[]>): readonly HostPolicy[] {
  return [...files]
    .filter(([path]) => path.includes('/policies/'))
    .flatMap(([path, lines]): HostPolicy[] => {
      const elements = elementsOf(lines.join('\n'), path);
      const name = stem(path);
      if (!elements) return [{ name, from: ['ANY'], accepts: true, denies: true }];
      const names = new Set(elements.map(({ name }) => name));
      const zones = (kind: string): string[] =>
        elements
          .filter(({ name }) => name === kind)
          .map(({ attributes }) => attributes['name'] ?? '');
      if (!zones('egress-zone').includes('HOST')) return [];
      const target = elements[0]?.attributes['target'] ?? 'CONTINUE';
      const has = (...kinds: readonly string[]): boolean => kinds.some((kind) => names.has(kind));
      return [
        {
          name,
          from: zones('ingress-zone').sort(),
          accepts: target === 'ACCEPT' || has('accept', 'service', 'port', 'protocol'),
          denies: ['DROP', 'REJECT', '%%REJECT%%'].includes(target) || has('drop', 'reject'),
        },
      ];
    });
}

/** Zones that policies name, each with such a policy: firewalld does not start without them. */
export const policyZonesIn = (
  files: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...files]
      .filter(([path]) => path.includes('/policies/'))
      .flatMap(([path, lines]) =>
        (elementsOf(lines.join('\n'), path) ?? [])
          .filter(({ name }) => name === 'ingress-zone' || name === 'egress-zone')
          .map(({ attributes }) => [attributes['name'] ?? '', stem(path)]),
      ),
  );

/** A policy file that cannot be read is no reason to fail: it may do anything. */
function elementsOf(text: string, path: string): readonly Element[] | undefined {
  try {
    return readXml(text, path);
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}
