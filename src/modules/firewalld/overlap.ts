import { sourcesOverlap } from './sources.ts';
import type { Config } from './zone-edit.ts';
import { settingsIn } from './zone-edit.ts';
import type { FirewalldState } from './state.ts';

/** Two sources of different zones that can be the same packet. */
export interface Overlap {
  readonly config: Config;
  readonly source: string;
  readonly zone: string;
  readonly otherSource: string;
  readonly otherZone: string;
}

/**
 * Sources of `zone` that overlap a source of another zone. firewalld compares text only and lets both
 * stand; the first zone by name wins for what they share. With `sources`, only those are looked at.
 */
export function overlapsOf(
  state: FirewalldState,
  config: Config,
  zone: string,
  sources: readonly string[] = settingsIn(state, zone, config)?.sources ?? [],
): Overlap[] {
  return Object.keys(state.zones)
    .filter((other) => other !== zone)
    .sort()
    .flatMap((otherZone) =>
      (settingsIn(state, otherZone, config)?.sources ?? []).flatMap((otherSource) =>
        sources
          .filter((source) => sourcesOverlap(source, otherSource))
          .map((source) => ({ config, source, zone, otherSource, otherZone })),
      ),
    );
}

/** All overlaps between zones, each pair once. */
export const allOverlaps = (state: FirewalldState, config: Config): Overlap[] =>
  Object.keys(state.zones).flatMap((zone) =>
    overlapsOf(state, config, zone).filter(({ otherZone }) => zone < otherZone),
  );

/** One sentence: which sources, and what firewalld would do. */
export function overlapSentence({ source, zone, otherSource, otherZone }: Overlap): string {
  const winner = zone < otherZone ? zone : otherZone;
  return `sources ${source} (zone ${zone}) and ${otherSource} (zone ${otherZone}) overlap; firewalld would silently use ${winner} for the overlap`;
}
