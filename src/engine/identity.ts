import { OrchError } from '../lib/errors.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { BecomeMethod, Identity } from '../model/transport.ts';
import { opened, Secret, type Value } from '../model/value.ts';
import type { RunOptions } from './input.ts';

/** Whatever says who something runs as: a task, or nothing but the host and the command line. */
export interface Becoming {
  readonly keywords: Pick<Task['keywords'], 'become' | 'becomeUser' | 'becomeMethod'>;
  readonly source?: Task['source'];
}

/** Who a task runs as. Variables of the host win over keywords, as in Ansible; `-b` holds when nothing else says. */
export function identityOf(
  task: Becoming,
  scope: Scope,
  options: Pick<RunOptions, 'become' | 'becomeUser' | 'becomeMethod' | 'becomePassword'>,
): Identity {
  const keyword = (name: 'become' | 'becomeUser' | 'becomeMethod'): Value | undefined => {
    const tree = task.keywords[name];
    return tree && opened(scope.resolve(tree));
  };
  const become = scope.get('ansible_become') ?? keyword('become') ?? options.become;
  if (!truthy(become)) return {};
  const own = (name: string): Value | undefined => {
    const value = scope.get(name);
    return value === undefined ? undefined : opened(value);
  };
  const method =
    own('ansible_become_method') ?? keyword('becomeMethod') ?? options.becomeMethod ?? 'sudo';
  if (!isMethod(method)) {
    throw new OrchError(
      'KEYWORD_UNSUPPORTED',
      `become_method ${JSON.stringify(method)} is not available`,
      {
        source: task.keywords.becomeMethod?.source ?? task.source,
        hint: `Use become_method: ${METHODS.join(', ')}.`,
      },
    );
  }
  const user = own('ansible_become_user') ?? keyword('becomeUser') ?? options.becomeUser ?? 'root';
  const secret =
    scope.get('ansible_become_password') ??
    scope.get('ansible_become_pass') ??
    options.becomePassword;
  const password =
    secret instanceof Secret
      ? secret
      : typeof secret === 'string' || typeof secret === 'number'
        ? new Secret(String(secret))
        : undefined;
  return {
    become: {
      method,
      user: typeof user === 'string' ? user : JSON.stringify(user),
      ...(password ? { password } : {}),
      ...textVars(own),
    },
  };
}

const METHODS: readonly BecomeMethod[] = ['sudo', 'su', 'doas', 'run0'];

const isMethod = (value: Value): value is BecomeMethod =>
  METHODS.some((method) => method === value);

function textVars(own: (name: string) => Value | undefined): {
  readonly flags?: string;
  readonly exe?: string;
} {
  const flags = own('ansible_become_flags');
  const exe = own('ansible_become_exe');
  return {
    ...(typeof flags === 'string' ? { flags } : {}),
    ...(typeof exe === 'string' ? { exe } : {}),
  };
}

/** Whether two identities share a shell on the host. */
export const sameIdentity = (a: Identity, b: Identity): boolean =>
  a.become?.user === b.become?.user && a.become?.method === b.become?.method;

/** A keyword's value as a boolean, as Ansible reads it: yes, on, true and 1 are true. */
export const truthy = (value: Value | undefined): boolean =>
  value instanceof Secret
    ? truthy(value.reveal())
    : typeof value === 'string'
      ? /^(y|yes|on|true|t|1)$/i.test(value)
      : Boolean(value);

/** Whether a task only foresees, `check_mode` wins over --check, and whether it says so itself. */
export function checks(
  task: Task,
  scope: Scope,
  options: RunOptions,
): { readonly check: boolean; readonly idle: boolean } {
  const keyword = task.keywords.checkMode;
  const own = keyword && truthy(scope.resolve(keyword));
  return { check: own ?? options.check, idle: own === true };
}
