import { didYouMean } from '../lib/nearest.ts';
import type { Play } from '../model/play.ts';
import { error, warning, type Finding } from './finding.ts';
import type { Program } from './program.ts';
import { sitesOf, unknownTasks } from './sites.ts';

const SPECIAL = new Set(['all', 'always', 'never', 'tagged', 'untagged']);

/** Tags of the command line that nothing has: with --tags nothing of it would run. */
export function tagFindings({ playbooks, tags, skipTags }: Program): readonly Finding[] {
  if (tags.length === 0 && skipTags.length === 0) return [];
  const plays = playbooks.flatMap((book) => book.plays);
  const known = new Set(plays.flatMap(tagsOf));
  if (plays.some(unknownTasks) || [...known].some((tag) => tag.includes('{{'))) return [];
  const strange = (list: readonly string[]): readonly string[] =>
    [...new Set(list)].filter((tag) => !known.has(tag) && !SPECIAL.has(tag));
  const all = [...known].filter((tag) => !SPECIAL.has(tag)).sort();
  const hint =
    all.length > 0 ? `The tags are: ${all.join(', ')}.` : 'No task of these playbooks has a tag.';
  // Beside a tag that something has, one that nothing has does no harm.
  const told = strange(tags).length === new Set(tags).size ? error : warning;
  return [
    ...strange(tags).map((tag) =>
      told({
        ...{ rule: 'no-such-tag', source: undefined, hint },
        message: `Nothing has the tag "${tag}" of --tags.${didYouMean(tag, all)}`,
      }),
    ),
    ...strange(skipTags).map((tag) =>
      warning({
        ...{ rule: 'no-such-tag', source: undefined, hint },
        message: `Nothing has the tag "${tag}" of --skip-tags.${didYouMean(tag, all)}`,
      }),
    ),
  ];
}

const tagsOf = (play: Play): readonly string[] => [
  ...play.keywords.tags,
  ...sitesOf(play).flatMap(({ task }) => task.keywords.tags),
];
