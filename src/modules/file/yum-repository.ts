import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem } from '../../model/module.ts';
import { isMap, Secret } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from './attributes.ts';
import { type Edit, type EditParams, asBytes } from './edit.ts';
import { type EditModule, editingAt } from './editing.ts';
import { linesOf } from './lines.ts';
import { YUM_OPTIONS } from './yum-options.ts';

const params = {
  type: 'object',
  description:
    'An archive of packages for dnf and yum: a section of a file in /etc/yum.repos.d. The next task of dnf that needs its lists loads them.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:+-]*$',
      'x-says': 'the id of an archive',
      description: 'Its id, which is the name of the section.',
    },
    description: { type: 'string', description: 'What people call it. Needed for a new one.' },
    file: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:+-]*$',
      'x-says': 'a file name without .repo',
      description: 'The file, without .repo; the id when left out.',
    },
    reposdir: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      default: '/etc/yum.repos.d',
      description: 'The folder the file is in.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no such section; a file without sections goes.',
    },
    ...YUM_OPTIONS,
    ...ATTRIBUTE_PARAMS,
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of yum_repository, defaults filled in. */
export type YumRepositoryParams = FromSchema<typeof params>;

const place = (given: YumRepositoryParams): EditParams => ({
  ...given,
  path: `${given.reposdir}/${given.file ?? given.name}.repo`,
  backup: false,
});

/** An archive of packages for dnf. */
export const yumRepository: EditModule<YumRepositoryParams> = editingAt(
  {
    name: 'yum_repository',
    params,
    example: `- name: Packages of Kubernetes
  yum_repository:
    name: kubernetes
    description: Kubernetes
    baseurl: https://pkgs.k8s.io/core:/stable:/v1.31/rpm/
    gpgkey: https://pkgs.k8s.io/core:/stable:/v1.31/rpm/repodata/repomd.xml.key
    gpgcheck: true
`,
    problems,
  },
  place,
  (given) => editOf(given),
  ({ name, state }) => ({ repo: name, state }),
);

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const found = [...modeProblems(given)];
  if (map['state'] !== undefined && map['state'] !== 'present') return found;
  if (!['baseurl', 'metalink', 'mirrorlist'].some((key) => key in map))
    found.push({
      pointer: '',
      message: "Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.",
    });
  if (!('description' in map))
    found.push({ pointer: '', message: "Parameter 'description' is required." });
  return found;
}

const SPACED: ReadonlySet<string> = new Set(['exclude', 'includepkgs']);

/** An option as it is written: lists of addresses have a line each, flags are 1 and 0. */
function written(key: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) return value.map(asText).join(SPACED.has(key) ? ' ' : '\n\t');
  return asText(value);
}

const asText = (value: unknown): string =>
  value instanceof Secret ? value.reveal() : String(value);

/** Options of the section, sorted by their names. */
const optionsOf = (given: YumRepositoryParams): readonly (readonly [string, string])[] => {
  const set = Object.keys(YUM_OPTIONS).filter(
    (key) => given[key as keyof YumRepositoryParams] !== undefined,
  );
  return [
    ...set.map((key) => [key, given[key as keyof YumRepositoryParams]] as const),
    ['name', given.description] as const,
  ]
    .map(([key, value]) => [key, written(key, value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
};

const editOf =
  (given: YumRepositoryParams): Edit =>
  (text) => {
    const chunks = chunksOf(text ?? '');
    const at = chunks.findIndex(({ name }) => name === asBytes(given.name));
    if (given.state === 'absent') {
      if (at < 0)
        return { text: text ?? '', msg: '', ...(text === undefined ? { gone: true } : {}) };
      const rest = chunks.filter((_, i) => i !== at);
      const gone = rest.every(({ name }) => name === undefined);
      return { text: textOf(rest), msg: '', ...(gone ? { gone: true } : {}) };
    }
    const options = optionsOf(given).map(([key, value]) => [key, asBytes(value)] as const);
    const before = chunks[at];
    if (before && same(optionsIn(before.lines), options)) return { text: text ?? '', msg: '' };
    const rows = options.map(([key, value]) => `${key} = ${value}\n`);
    const chunk: Chunk = {
      name: asBytes(given.name),
      lines: [`[${asBytes(given.name)}]\n`, ...rows, '\n'],
    };
    return { text: textOf(at < 0 ? [...chunks, chunk] : chunks.with(at, chunk)), msg: '' };
  };

/** A section and its lines; what stands before the first has no name. */
interface Chunk {
  readonly name: string | undefined;
  readonly lines: readonly string[];
}

function chunksOf(text: string): readonly Chunk[] {
  const chunks: { name: string | undefined; lines: string[] }[] = [{ name: undefined, lines: [] }];
  for (const line of linesOf(text.replace(/([^\n])$/, '$1\n'))) {
    const name = /^\[([^\]]*)\]/.exec(line)?.[1];
    if (name !== undefined) chunks.push({ name, lines: [line] });
    else chunks.at(-1)?.lines.push(line);
  }
  return chunks;
}

const textOf = (chunks: readonly Chunk[]): string => chunks.flatMap(({ lines }) => lines).join('');

/** Options of a section by name, lower case; a line that begins with a blank goes on with the one above. */
function optionsIn(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let last = '';
  for (const line of lines.slice(1)) {
    if (/^\s*$/.test(line) || /^[#;]/.test(line)) continue;
    if (/^\s/.test(line) && last !== '')
      found.set(last, `${found.get(last) ?? ''}\n\t${line.trim()}`);
    else {
      const at = line.search(/[=:]/);
      last = (at < 0 ? line : line.slice(0, at)).trim().toLowerCase();
      found.set(last, at < 0 ? '' : line.slice(at + 1).trim());
    }
  }
  return found;
}

const same = (
  is: ReadonlyMap<string, string>,
  wanted: readonly (readonly [string, string])[],
): boolean =>
  is.size === wanted.length && wanted.every(([key, value]) => is.get(key) === value.trim());
