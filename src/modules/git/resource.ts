import { OrchError } from '../../lib/errors.ts';
import { lines, quote, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Probe, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { sections } from '../system/text-file.ts';

/** A folder that git filled. */
export interface CheckoutState {
  /** The commit it is at; null where there is none. */
  readonly commit: string | null;
  /** The address it comes from. */
  readonly url: string | null;
  /** Somebody changed files of the repository. */
  readonly modified: boolean;
}

/** What informs about a folder but is not managed. */
export interface CheckoutFacts {
  readonly dest: string;
  /** Something is there that git did not fill. */
  readonly occupied: boolean;
  /** The commit that is asked for, as the repository has it now; null: it has none of that name. */
  readonly target: string | null;
  /** What kind of name it is. */
  readonly kind: 'head' | 'branch' | 'tag' | 'commit';
  /** Why the repository did not answer; "" when it did. */
  readonly trouble: string;
  readonly scope: CheckoutScope;
}

/** What a task is about. */
export interface CheckoutScope {
  readonly repo: string;
  readonly dest: string;
  readonly version: string;
  readonly remote: string;
  readonly recursive: boolean;
  readonly force: boolean;
  /** The repository is asked even where the folder is there. */
  readonly looks: boolean;
  readonly clones: boolean;
  readonly single: boolean;
  readonly depth: number | null;
  readonly git: string;
  readonly umask: string | null;
  /** Words for ssh. */
  readonly ssh: readonly string[];
}

/** A folder that git fills; two tasks over one folder want different things of it, and each has a write of its own. */
export const checkout: Resource<CheckoutScope, CheckoutState, CheckoutFacts> = {
  name: 'git',
  key: ({ dest, repo, version }) => `git:${dest}:${repo}:${version}`,
  observe: (scopes) => {
    const [scope] = scopes;
    if (!scope) throw new OrchError('INTERNAL', 'git without a folder');
    // Tasks over one folder may differ in whether they look for something newer.
    return observe({ ...scope, looks: scopes.some(({ looks }) => looks) });
  },
  plan,
  recall: {
    depth: 1,
    lost: ([what], before) =>
      what === 'modified'
        ? 'changes that were thrown away are not kept'
        : before === null
          ? 'a folder that git filled stays'
          : undefined,
  },
  footprints: ({ dest }) => ({
    reads: [`file:${dest}`, 'package:/', 'file:/root/.ssh'],
    writes: [`file:${dest}`],
  }),
};

const COMMIT = /^[0-9a-f]{40}$/;

/** Never asks anybody anything; a folder that belongs to another user is looked at all the same. */
const environment = ({ dest, ssh, umask }: CheckoutScope): Shell =>
  lines([
    sh`d=${dest}; case $d in '~' | '~/'*) d=$HOME\${d#'~'} ;; esac`,
    raw(
      'export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*',
    ),
    sh`export GIT_SSH_COMMAND=${['ssh', '-o', 'BatchMode=yes', ...ssh.map((word) => quote(word))].join(' ')}`,
    umask === null ? raw(':') : sh`umask ${umask}`,
  ]);

function observe(scope: CheckoutScope): Probe<CheckoutState, CheckoutFacts> {
  const { git, repo, version, remote, looks } = scope;
  return {
    script: lines([
      sh`command -v ${git} >/dev/null 2>&1 || exit 127`,
      environment(scope),
      sh`echo '=local'; there=
if [ -e "$d/.git" ]; then there=1
  echo " commit $(${git} -C "$d" rev-parse -q --verify HEAD)"; echo " url $(${git} -C "$d" config --get ${`remote.${remote}.url`})"
  [ -z "$(${git} -C "$d" status --porcelain --untracked-files=no)" ] || echo ' modified'
  c=$(${git} -C "$d" rev-parse -q --verify ${`${version}^{commit}`}) && echo " known $c"
elif [ -e "$d" ]; then [ -d "$d" ] && [ -z "$(ls -A "$d")" ] || echo ' occupied'; fi`,
      sh`if [ -z "$there" ] || [ -n ${looks ? '1' : ''} ]; then echo '=remote'
  o=$(${git} ls-remote -- ${repo} HEAD ${`refs/heads/${version}`} ${`refs/tags/${version}`} ${`refs/tags/${version}^{}`} 2>&1) || echo ' failed'
  printf '%s\\n' "$o" | while IFS= read -r l; do printf ' %s\\n' "$l"; done; fi; echo '=end'`,
    ]),
    parse: (reply) => parse(reply, scope),
  };
}

function parse(
  { stdout, stderr, exit }: Reply,
  scope: CheckoutScope,
): Seen<CheckoutState, CheckoutFacts> {
  if (exit === 127)
    throw new OrchError('TOOL_MISSING', 'the host has no git', {
      hint: 'Install the package git first.',
    });
  const found = sections(stdout.toString('utf8'));
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'git did not tell what is in the folder', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const told = (found.get('local') ?? []).map((row) => row.slice(1));
  const of = (word: string): string | null =>
    told.find((row) => row.startsWith(`${word} `))?.slice(word.length + 1) ?? null;
  const remote = (found.get('remote') ?? []).map((row) => row.slice(1));
  const failed = remote[0] === 'failed';
  const answer = failed
    ? { kind: 'head' as const, target: null }
    : targetIn(remote, scope.version, of('known'));
  return {
    state: {
      commit: of('commit') || null,
      url: of('url') || null,
      modified: told.includes('modified'),
    },
    facts: {
      ...answer,
      dest: scope.dest,
      occupied: told.includes('occupied'),
      trouble: failed ? remote.slice(1).join(' ').trim() || 'no reason given' : '',
      scope,
    },
  };
}

/** What a name comes to: a branch before a tag, as git itself has it when it clones; a commit is itself. */
function targetIn(
  rows: readonly string[],
  version: string,
  known: string | null,
): Pick<CheckoutFacts, 'kind' | 'target'> {
  const refs = new Map(
    rows.flatMap((row): [string, string][] => {
      const [commit = '', ref = ''] = row.split('\t');
      return COMMIT.test(commit) ? [[ref, commit]] : [];
    }),
  );
  const branch = refs.get(`refs/heads/${version}`);
  if (version === 'HEAD') return { kind: 'head', target: refs.get('HEAD') ?? null };
  if (branch !== undefined) return { kind: 'branch', target: branch };
  const tag = refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`);
  if (tag !== undefined) return { kind: 'tag', target: tag };
  if (COMMIT.test(version)) return { kind: 'commit', target: version };
  return { kind: 'commit', target: /^[0-9a-f]{7,39}$/.test(version) ? known : null };
}

function plan({ state, facts }: Seen<CheckoutState, CheckoutFacts>, desired: CheckoutState): Plan {
  const { scope, kind } = facts;
  const { git, repo, remote, version, recursive, depth, single } = scope;
  const shallow = depth === null ? [] : ['--depth', String(depth)];
  const named = kind === 'branch' || kind === 'tag' ? ['--branch', version] : [];
  const submodules = recursive
    ? sh`{ [ ! -e "$d/.gitmodules" ] || ${git} -C "$d" submodule --quiet update --init --recursive; }`
    : sh`:`;
  const whole = kind === 'commit' ? [] : shallow;
  const step = (name: string, script: Shell, inverse: Shell): Step => ({
    name,
    do: lines([environment(scope), script]),
    inverse: lines([environment(scope), inverse]),
    stage: 'persistent',
    disruption: 'none',
    patience: 1800,
  });
  const commit = desired.commit ?? '';
  if (state.commit === null && state.url === null)
    return {
      steps: [
        step(
          `${scope.dest} at ${commit.slice(0, 8)}`,
          sh`${git} clone --quiet -o ${remote} ${whole} ${named} ${single ? ['--single-branch'] : []} -- ${repo} "$d" && ${
            named.length > 0 || kind === 'head'
              ? sh`:`
              : sh`${git} -C "$d" checkout --quiet ${commit}`
          } && ${submodules}`,
          sh`rm -rf -- "$d"`,
        ),
      ],
    };
  // A branch moves where the repository has it now; anything else leaves it.
  const move =
    kind === 'head'
      ? sh`${git} -C "$d" reset --quiet --hard ${commit}`
      : sh`${git} -C "$d" checkout --quiet --force ${kind === 'branch' ? ['-B', version, commit] : [commit]}`;
  return {
    steps: [
      step(
        `${scope.dest} at ${commit.slice(0, 8)}`,
        lines([
          sh`${git} -C "$d" config ${`remote.${remote}.url`} ${repo}`,
          sh`${git} -C "$d" cat-file -e ${`${commit}^{commit}`} 2>/dev/null || ${git} -C "$d" fetch --quiet --force --tags ${whole} ${remote} ${single && kind === 'branch' ? [`+refs/heads/${version}:refs/remotes/${remote}/${version}`] : [`+refs/heads/*:refs/remotes/${remote}/*`]} || exit 1`,
          sh`${move} && ${submodules}`,
        ]),
        sh`${git} -C "$d" reset --quiet --hard ${state.commit ?? ''}; ${git} -C "$d" config ${`remote.${remote}.url`} ${state.url ?? ''}`,
      ),
    ],
  };
}
