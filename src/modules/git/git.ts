import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import {
  checkout,
  type CheckoutFacts,
  type CheckoutScope,
  type CheckoutState,
} from './resource.ts';

const flag = (value: boolean, description: string) =>
  ({ type: 'boolean', default: value, description }) as const;

const params = {
  type: 'object',
  description:
    'A folder of the host with what a git repository holds at a branch, a tag or a commit. The repository is asked what that is now, so a check knows whether something would come.',
  properties: {
    repo: {
      type: 'string',
      pattern: '^[^-\\n][^\\n]*$',
      'x-says': 'an address of a repository',
      description: 'Its address or path: https://, ssh://, git@host:path.',
      'x-aliases': ['name'],
    },
    dest: {
      type: 'string',
      pattern: '^[/~]',
      'x-says': 'an absolute path',
      description: 'The folder on the host.',
    },
    version: {
      type: 'string',
      pattern: '^[^-\\n:?*\\[\\\\^~ ][^\\n:?*\\[\\\\^~ ]*$',
      'x-says': 'a branch, a tag or a commit',
      default: 'HEAD',
      description: 'A branch, a tag or a commit; HEAD is the default branch of the repository.',
    },
    clone: flag(true, 'false: where the folder is missing nothing is done.'),
    update: flag(true, 'false: a folder that is there stays at what it has.'),
    force: flag(false, 'Changes that somebody made to files of the repository are thrown away.'),
    recursive: flag(true, 'Submodules come too.'),
    depth: { type: 'integer', minimum: 1, description: 'Only so many of the newest commits come.' },
    single_branch: flag(false, 'Only the branch of version comes.'),
    remote: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      'x-says': 'the name of a remote',
      default: 'origin',
      description: 'What the repository is called in the folder.',
    },
    key_file: {
      type: 'string',
      pattern: '^[/~]',
      'x-says': 'an absolute path',
      description: 'A private key on the host that opens the repository by SSH.',
    },
    accept_hostkey: flag(
      false,
      'A server that is not known by its host key is believed, and remembered.',
    ),
    accept_newhostkey: flag(
      false,
      'The same; a server that shows another key than before is refused.',
    ),
    executable: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      description: 'Another git than the one in the path.',
    },
    umask: {
      type: ['string', 'integer'],
      description: 'What permissions files of the folder lack, octal.',
    },
  },
  required: ['repo', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of git, defaults filled in. */
export type GitParams = FromSchema<typeof params>;

/** What a git repository holds, in a folder. */
export const git: StateModule<GitParams, CheckoutScope, CheckoutState, CheckoutFacts> = {
  kind: 'state',
  name: 'git',
  params,
  example: `- name: The application as it was released
  git:
    repo: https://git.example.com/app.git
    dest: /srv/app
    version: v1.4.2
    depth: 1
`,
  resource: checkout,
  problems,
  scope: (given) => ({
    ...{ repo: given.repo, dest: given.dest.replace(/(?<=.)\/+$/, ''), version: given.version },
    ...{ remote: given.remote, recursive: given.recursive, force: given.force },
    ...{ looks: given.update, clones: given.clone, single: given.single_branch },
    depth: given.depth ?? null,
    git: given.executable ?? 'git',
    umask: given.umask === undefined ? null : umaskText(given.umask),
    ssh: [
      ...(given.key_file === undefined ? [] : ['-i', given.key_file, '-o', 'IdentitiesOnly=yes']),
      ...(given.accept_hostkey
        ? ['-o', 'StrictHostKeyChecking=no']
        : given.accept_newhostkey
          ? ['-o', 'StrictHostKeyChecking=accept-new']
          : []),
    ],
  }),
  desired,
  result: (before, { state, facts }, given) => ({
    data: {
      ...{ before: before.commit, after: state.commit },
      remote_url_changed: before.commit !== null && before.url !== state.url,
      ...(given.clone || before.commit !== null ? {} : { msg: `${facts.dest} is not cloned` }),
    },
    notes: [],
    warnings: [],
  }),
};

const umaskText = (umask: string | number): string =>
  typeof umask === 'number' ? umask.toString(8).padStart(3, '0') : umask.replace(/^0o/, '');

function desired(
  { state, facts }: Seen<CheckoutState, CheckoutFacts>,
  given: GitParams,
): CheckoutState | Refusal {
  if (facts.occupied)
    return new Refusal(`${facts.dest} is there and holds no git repository`, {
      pointer: '/dest',
      hint: 'Take it away first, or give another folder.',
    });
  if (state.commit === null && !given.clone) return state;
  if (state.modified && !given.force && given.update)
    return new Refusal(`Local modifications exist in the destination: ${facts.dest} (force=no).`, {
      pointer: '/dest',
      hint: 'Look at them with `git status`; force: true throws them away.',
    });
  if (state.commit !== null && !given.update) return state;
  if (facts.trouble !== '')
    return new Refusal(`the repository does not answer: ${facts.trouble}`, {
      pointer: '/repo',
      hint: 'The host itself must reach it: its address, its name servers, its key (key_file, accept_newhostkey).',
    });
  if (facts.target === null)
    return new Refusal(`the repository has no branch, tag or commit ${given.version}`, {
      pointer: '/version',
      hint: 'A commit is given by all its 40 digits.',
    });
  return { commit: facts.target, url: given.repo, modified: false };
}

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const { umask } = given;
  if (typeof umask === 'string' && !/^0?o?[0-7]{3,4}$/.test(umask))
    return [{ pointer: '/umask', message: 'umask is octal, such as "0022"' }];
  return [];
}
