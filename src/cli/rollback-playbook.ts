import { type Restorable, type Undoable, UNDONE } from '../engine/restore/changes.ts';
import { AS_LEFT, type Plans, RESTORED } from '../engine/restore/modules.ts';

type Entry = Restorable | Undoable;

/** Seconds a host waits for the proof of a change that may cut its line. */
const SAFEGUARD = '60s';

/**
 * The playbook that takes changes back, as text: JSON is YAML. Hosts with the same things share a play; each is first
 * looked at whole, and only where all is as the run left it anything is put back, what came last first.
 */
export function rollbackPlaybook(
  run: string,
  plans: Plans,
  mayCut: (one: Restorable) => boolean,
  asLogin: boolean,
): string {
  const groups = new Map<string, { readonly list: readonly Entry[]; readonly hosts: string[] }>();
  for (const [host, list] of plans) {
    const shape = JSON.stringify(
      list.map((one) => [...nameOf(one), one.user, one.login, one.local]),
    );
    const group = groups.get(shape) ?? { list, hosts: [] };
    groups.set(shape, group);
    group.hosts.push(host);
  }
  const plays = [...groups.values()].map(({ list, hosts }) => {
    const guarded = list.some((one) => one.kind === 'resource' && mayCut(one));
    return {
      name: `roll back ${run}`,
      hosts,
      gather_facts: false,
      ...(guarded && hosts.length > 1 ? { canary: 1 } : {}),
      ...reachedBy(list[0], asLogin),
      tasks: [...looks(list), ...restores(list, mayCut)],
    };
  });
  return JSON.stringify(plays);
}

const nameOf = (one: Entry): readonly string[] =>
  one.kind === 'resource' ? [one.resource, one.key] : [UNDONE, one.name];

const reachedBy = (one: Entry | undefined, asLogin: boolean): object => ({
  ...(one?.local ? { connection: 'local' } : {}),
  ...(asLogin && one?.login !== undefined ? { remote_user: plain(one.login) } : {}),
});

const become = ({ user }: Entry): object =>
  user === undefined ? { become: false } : { become: true, become_user: plain(user) };

/** Arguments of a task: whose list, and which of it. */
const numbered = (number: number | string): object => ({
  host: '{{ inventory_hostname }}',
  number,
});

/** One task for each user: all that is to be put back is looked at, before anything is. */
function looks(list: readonly Entry[]): readonly object[] {
  const users = new Map<string | undefined, { readonly name: string; readonly number: number }[]>();
  for (const [number, one] of list.entries()) {
    if (one.kind !== 'resource') continue;
    users.set(one.user, [...(users.get(one.user) ?? []), { name: plain(one.key), number }]);
  }
  return [...users].map(([user, items]) => ({
    name: 'The host is as the run left it',
    [AS_LEFT]: numbered('{{ item.number }}'),
    loop: items,
    loop_control: { label: '{{ item.name }}' },
    ...(user === undefined ? { become: false } : { become: true, become_user: plain(user) }),
  }));
}

/** What may cut the line is guarded, as it is in the plays for firewalls; neighbours share a safeguard. */
function restores(list: readonly Entry[], mayCut: (one: Restorable) => boolean): readonly object[] {
  const out: object[] = [];
  let block: { readonly user: string | undefined; readonly tasks: object[] } | undefined;
  for (const [number, one] of list.entries()) {
    const task = {
      name: one.kind === 'resource' ? plain(one.key) : `undo of ${plain(one.name)}`,
      [one.kind === 'resource' ? RESTORED : UNDONE]: numbered(number),
      ...become(one),
    };
    if (one.kind === 'action' || !mayCut(one)) {
      block = undefined;
      out.push(task);
    } else if (block && block.user === one.user) block.tasks.push(task);
    else {
      block = { user: one.user, tasks: [task] };
      out.push({ block: block.tasks, safeguard: SAFEGUARD });
    }
  }
  return out;
}

/** A text that is no template, whatever braces it has. */
const plain = (text: string): string =>
  /\{[{%#]/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
