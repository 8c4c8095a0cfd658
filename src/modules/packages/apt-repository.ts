import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import {
  aptSources,
  type AptSourcesFacts,
  type AptSourcesScope,
  type AptSourcesState,
  SOURCES,
} from './apt-sources.ts';
import { fileNameFor, freed, sourceIn, without } from './source-line.ts';

const params = {
  type: 'object',
  description:
    'An archive of packages for apt, as a line of a .list file. Where it changes, the lists of packages are loaded anew; if that fails, the line is taken back.',
  properties: {
    repo: {
      type: 'string',
      description:
        'The line: deb [signed-by=/etc/apt/keyrings/x.asc] https://x/debian bookworm main.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no file has the line; a file with nothing else goes.',
    },
    filename: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      'x-says': 'a file name without .list',
      description:
        'The file in /etc/apt/sources.list.d, without .list; made from the address when left out.',
    },
    mode: {
      type: ['string', 'integer'],
      description: 'Permissions of a file that is new, octal; 0644 when left out.',
    },
    update_cache: {
      type: 'boolean',
      default: true,
      description: 'Load the lists of packages when something changed.',
      'x-aliases': ['update-cache'],
    },
    codename: {
      type: 'string',
      description: 'Accepted for playbooks of Ansible: it is about PPAs.',
    },
    validate_certs: {
      type: 'boolean',
      default: true,
      description: 'Accepted for playbooks of Ansible: it is about PPAs.',
    },
    install_python_apt: {
      type: 'boolean',
      default: true,
      description: 'Accepted for playbooks of Ansible: no Python is needed.',
    },
    update_cache_retries: {
      type: 'integer',
      default: 5,
      description: 'Accepted for playbooks of Ansible: apt-get itself tries again.',
    },
    update_cache_retry_max_delay: {
      type: 'integer',
      default: 12,
      description: 'Accepted for playbooks of Ansible.',
    },
  },
  required: ['repo'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of apt_repository, defaults filled in. */
export type AptRepositoryParams = FromSchema<typeof params>;

/** What a mode argument is in octal. */
export const modeText = (mode: string | number): string =>
  typeof mode === 'number' ? mode.toString(8) : mode.replace(/^0o?/, '');

const fileOf = ({ repo, filename }: AptRepositoryParams): string =>
  `${SOURCES}/${filename ?? fileNameFor(repo)}.list`;

/** An archive of packages for apt. */
export const aptRepository: StateModule<
  AptRepositoryParams,
  AptSourcesScope,
  AptSourcesState,
  AptSourcesFacts
> = {
  kind: 'state',
  name: 'apt_repository',
  params,
  example: `- name: Packages of Docker
  apt_repository:
    repo: deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable
    filename: docker
`,
  resource: aptSources,
  scope: (given) => ({
    files: [fileOf(given)],
    updates: given.update_cache,
    ...(given.mode === undefined ? {} : { mode: modeText(given.mode) }),
  }),
  problems,
  desired({ state }, given) {
    const source = sourceIn(given.repo)?.source ?? given.repo;
    const texts = Object.entries(state.files).filter(([path]) => path.endsWith('.list'));
    if (given.state === 'absent') {
      const files = Object.fromEntries(
        texts.map(([path, text]) => [path, text === null ? null : without(text, source)]),
      );
      return { ...state, files: { ...state.files, ...files } };
    }
    for (const [path, text] of texts) {
      const after = text === null ? undefined : freed(text, source);
      if (after !== undefined) return { ...state, files: { ...state.files, [path]: after } };
    }
    const path = fileOf(given);
    const text = state.files[path] ?? '';
    const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return { ...state, files: { ...state.files, [path]: `${ended}${source}\n` } };
  },
  result: (_before, _after, { repo, state }) => ({
    data: { repo, state },
    notes: [],
    warnings: [],
  }),
};

function problems(given: unknown): readonly Problem[] {
  const repo = isMap(given) ? given['repo'] : undefined;
  if (typeof repo !== 'string' || sourceIn(repo)?.enabled === true) return [];
  return [
    {
      pointer: '/repo',
      message: repo.startsWith('ppa:')
        ? 'orch does not ask Launchpad what stands behind a ppa'
        : `"${repo}" is no line of a .list file`,
      hint: repo.startsWith('ppa:')
        ? 'Write the line itself, deb https://ppa.launchpadcontent.net/OWNER/NAME/ubuntu RELEASE main, and bring its key with get_url; or use the command add-apt-repository with creates.'
        : 'Such as: deb https://download.docker.com/linux/debian bookworm stable',
    },
  ];
}
