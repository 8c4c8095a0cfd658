import { breachText } from '../engine/policed.ts';
import { portsText } from '../lib/port-set.ts';
import { showSource } from '../lib/source.ts';
import { oneLine, visible } from '../lib/visible.ts';
import { grouped } from '../lib/grouped.ts';
import type { Fault, Stamped } from '../model/event.ts';
import type { ExposureChange } from '../model/exposure.ts';
import type { Validate } from '../model/module.ts';
import type { PolicyRule } from '../model/policy.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { selectHosts } from '../inventory/patterns.ts';
import { hostSet } from '../report/hosts.ts';
import type { AskFlags } from './answers.ts';
import { carryOut } from './carry-out.ts';
import { ASKS, exposureModule, exposurePlaybook, taskOf } from './exposure-playbook.ts';
import { NO_FLAGS, type RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openKeys } from './key-passphrases.ts';
import { passwordsFor } from './passwords.ts';
import { limitOf, loadInventoryFor, loadOptions, modules, type Project } from './wiring.ts';
import { openWorld } from './world.ts';

/** The flags of `orch firewall exposure`. */
export interface ExposureFlags extends AskFlags {
  readonly json?: boolean;
}

/** What a rule came to on a host. */
interface Kept {
  readonly rule: string;
  readonly at: string;
  readonly severity: PolicyRule['severity'];
  /** null: it cannot be told. */
  readonly holds: boolean | null;
  readonly breaches: readonly ExposureChange[];
  readonly why?: string;
  /** The rule itself is wrong on this host: a variable that is not there, a word that is no network. */
  readonly fault?: true;
}

/** What was heard of a host. */
interface Heard {
  exposure: readonly ExposureChange[];
  readonly policy: Kept[];
}

/** What the tasks give: the first the exposure, the others what a rule came to. */
interface Answer {
  readonly exposure?: readonly ExposureChange[];
  readonly breaches?: readonly ExposureChange[];
  readonly why?: string;
}

const FILE = '<orch firewall exposure>';

/** `orch firewall exposure PATTERN`: who reaches what now, and which rules of the policy hold. Exit code 2: one does not. */
export async function firewallExposure(
  pattern: string,
  given: ExposureFlags,
  io: Io,
): Promise<number> {
  const flags = { ...NO_FLAGS, ...given, verbose: 0 } as RunFlags;
  const world = await openWorld(flags);
  const { inventory, extraVars, policy } = loadInventoryFor(flags, world);
  const limit = limitOf(flags, world.files);
  const names = selectHosts(inventory, pattern, limit).map(({ name }) => name);
  const rules = policy?.rules ?? [];
  const meant = new Map(names.map((name) => [name, policy?.rulesOf(name, inventory) ?? []]));
  const text = exposurePlaybook(
    names,
    policy,
    (rule, host) => meant.get(host)?.includes(rule) === true,
  );
  const { files } = world;
  const overlaid = {
    ...world,
    files: { ...files, read: (path: string) => (path === FILE ? text : files.read(path)) },
  };
  const registry = new Map([...(await modules()), [ASKS, exposureModule(rules)]]);
  const validate: Validate = (_, params) => ({ params, problems: [] });
  const options = { ...loadOptions(registry, { files: overlaid.files, extraVars }), validate };
  const select: Project['select'] = (which, among = inventory) => selectHosts(among, which, limit);
  const project: Project = {
    ...overlaid,
    ...{ registry, validate, extraVars, select, inventory },
    playbooks: [loadPlaybook(FILE, options)],
    hostsOf: () => [],
  };
  const passwords = await passwordsFor(flags);
  await openKeys(flags, io, inventory.hosts.values(), extraVars);
  const heard = new Map<string, Heard>(names.map((name) => [name, { exposure: [], policy: [] }]));
  const lost = new Set<string>();
  const reporter = { report: listener(rules, heard, lost, io), finish: () => Promise.resolve() };
  const exit = await carryOut({ project, flags, io, passwords, reporters: [reporter] });
  const known = new Map([...heard].filter(([host]) => !lost.has(host)));
  if (given.json === true) io.out(`${JSON.stringify(asData(known), undefined, 2)}\n`);
  else io.out(tables(known));
  const broken = [...known.values()].some(({ policy: kept }) =>
    kept.some(({ holds, fault, severity }) => (holds === false && severity === 'error') || fault),
  );
  return exit === 0 && broken ? 2 : exit;
}

/** Gathers what hosts answered; what kept them from it goes to standard error. */
function listener(
  rules: readonly PolicyRule[],
  heard: ReadonlyMap<string, Heard>,
  lost: Set<string>,
  io: Io,
): (event: Stamped) => void {
  // A host that is lost in a task is told of twice.
  const lose = (host: string, { code, message }: Fault): void => {
    if (!lost.has(host)) io.err(`${host}  ${code}: ${visible(message)}\n`);
    lost.add(host);
  };
  return (event) => {
    if (event.type === 'warned') io.err(`warning: ${visible(event.message)}\n`);
    if (event.type === 'host-lost') {
      lose(event.host, event.fault);
    }
    if (event.type !== 'task-ended') return;
    const { fault, data, kind } = event.outcome;
    const mine = heard.get(event.host);
    if (!mine || kind === 'skipped') return;
    const rule = rules.find((_, i) => taskOf(i) === event.task.name);
    const told = data as unknown as Answer | undefined;
    if (told?.exposure) mine.exposure = told.exposure;
    else if (rule && told?.breaches) mine.policy.push(keptOf(rule, told.breaches, told.why));
    else if (rule && fault) mine.policy.push({ ...keptOf(rule, [], fault.message), fault: true });
    else if (fault) lose(event.host, fault);
  };
}

function keptOf(rule: PolicyRule, breaches: readonly ExposureChange[], why?: string): Kept {
  const { name, severity, source } = rule;
  const sure = breaches.some(({ kind }) => kind !== 'unsure');
  const holds = sure ? false : why !== undefined || breaches.length > 0 ? null : true;
  const because = why === undefined ? {} : { why };
  return { rule: name, at: showSource(source), severity, holds, breaches, ...because };
}

/** What is open now is no change: `open`, where a change says `opened`. */
const asData = (known: ReadonlyMap<string, Heard>): unknown =>
  Object.fromEntries(
    [...known].map(([host, { exposure, policy }]) => [
      host,
      {
        exposure: exposure.map((one) => ({
          ...one,
          kind: one.kind === 'opened' ? 'open' : one.kind,
        })),
        policy,
      },
    ]),
  );

/** Hosts that are alike have one table. */
function tables(known: ReadonlyMap<string, Heard>): string {
  const alike = grouped([...known], ([, heard]) => JSON.stringify(heard));
  const parts = [...alike.values()].map((some) => {
    const heard = some[0]?.[1];
    const rows = heard?.exposure.map(rowOf) ?? [];
    const lines = columns([['interface', 'from', 'reachable'], ...rows]);
    return [hostSet(some.map(([host]) => host)), ...lines, ...(heard?.policy ?? []).map(sentence)]
      .map((line, i) => (i === 0 ? line : `  ${oneLine(line)}`))
      .join('\n');
  });
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

function rowOf(change: ExposureChange): readonly string[] {
  const { kind, from, interfaces, when, why } = change;
  const perhaps = kind === 'unsure' ? 'perhaps ' : '';
  const until =
    when === undefined ? '' : when === 'until-reload' ? ', until a reload' : ', after a reload';
  const reason = why === undefined ? '' : ` (${why})`;
  return [interfaces.join(', '), from, `${perhaps}${portsText(change)}${until}${reason}`];
}

function sentence({ rule, holds, breaches, why, severity }: Kept): string {
  if (holds === true) return `policy: "${rule}" holds`;
  const because = [
    ...breaches.map((one) => breachText(one, false)),
    ...(why === undefined ? [] : [why]),
  ].join('; ');
  if (holds === null) return `policy: whether "${rule}" holds cannot be told: ${because}`;
  const warn = severity === 'warn' ? ' (severity warn)' : '';
  return `policy: "${rule}" does not hold${warn}: ${because}`;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((i) =>
    Math.min(40, Math.max(...rows.map((row) => row[i]?.length ?? 0))),
  );
  return rows.map((row) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell)).join('  '),
  );
}
