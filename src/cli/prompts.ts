import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Play } from '../model/play.ts';
import type { Prompt } from '../model/prompt.ts';
import type { Layer } from '../model/scope.ts';
import { MASK } from '../model/value.ts';
import type { Entry, MapTree, Tree } from '../model/tree.ts';
import { atTerminal } from './ask.ts';
import { askPassword } from './passwords.ts';
import type { Project } from './wiring.ts';

/** Asks a question; what is typed is shown when `echo` is set. */
export type Ask = (question: string, echo: boolean) => Promise<string>;

/** Asks at the terminal; nothing when standard input is none. */
export const askAtTerminal = (): Ask | undefined =>
  atTerminal()
    ? async (question, echo) => (echo ? line(question) : (await askPassword(question)).reveal())
    : undefined;

async function line(question: string): Promise<string> {
  const { createInterface } = process.getBuiltinModule('node:readline/promises');
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asked.question(question);
  } finally {
    asked.close();
  }
}

type Given = Pick<Project, 'playbooks' | 'extraVars' | 'secrets' | 'hidden'>;

/**
 * The same project with every vars_prompt answered: what -e sets is not asked for; without a terminal the
 * default holds. Answers that are private are secrets. Throws OrchErrors INPUT_MISSING.
 */
export async function answerPrompts<T extends Given>(project: T, ask: Ask | undefined): Promise<T> {
  const books = project.playbooks;
  if (books.every(({ plays }) => plays.every(({ prompts }) => prompts.length === 0)))
    return project;
  const errors: OrchError[] = [];
  const playbooks: T['playbooks'][number][] = [];
  for (const book of books) {
    const plays: Play[] = [];
    for (const play of book.plays) plays.push(await ofPlay(play, project, ask, errors));
    playbooks.push({ ...book, plays });
  }
  if (errors.length > 0) throw new OrchErrors(errors);
  return { ...project, playbooks };
}

async function ofPlay(
  play: Play,
  { extraVars, secrets, hidden }: Given,
  ask: Ask | undefined,
  errors: OrchError[],
): Promise<Play> {
  const answers: Entry[] = [];
  for (const asked of play.prompts) {
    if (isSet(extraVars, asked)) continue;
    const isSecret = hidden.has(asked.name);
    const prompt = { ...asked, private: asked.private || isSecret, isSecret };
    const value = ask ? await typed(prompt, ask, secrets) : prompt.default;
    if (value) answers.push({ key: prompt.name, keySource: prompt.source, value });
    else errors.push(missing(prompt));
  }
  if (answers.length === 0) return play;
  const names = new Set(answers.map(({ key }) => key));
  const others = play.vars?.entries.filter(({ key }) => !names.has(key)) ?? [];
  const vars: MapTree = {
    kind: 'map',
    entries: [...others, ...answers],
    source: play.vars?.source ?? play.source,
  };
  return { ...play, vars };
}

const isSet = ({ vars }: Layer, { name }: Prompt): boolean => vars.has(name);

const missing = ({ name, source }: Prompt): OrchError =>
  new OrchError('INPUT_MISSING', `"${name}" must be asked for, but there is no terminal`, {
    source,
    hint: `Pass -e ${name}=VALUE, or give it a default.`,
  });

async function typed(
  prompt: Prompt & { readonly isSecret: boolean },
  ask: Ask,
  secrets: Set<string>,
): Promise<Tree | undefined> {
  const preset = prompt.default;
  const words = prompt.isSecret || preset?.kind !== 'scalar' ? MASK : String(preset.value);
  const shown = preset?.kind === 'scalar' ? ` [${words}]` : '';
  for (;;) {
    const text = await ask(`${prompt.prompt}${shown}: `, !prompt.private);
    if (prompt.confirm && text !== (await ask(`confirm ${prompt.prompt}: `, !prompt.private)))
      continue;
    if (text === '' && preset) return preset;
    if (prompt.private && text !== '') secrets.add(text);
    return {
      kind: 'scalar',
      value: text,
      source: prompt.source,
      ...(prompt.private ? { secret: true as const } : {}),
      ...(prompt.unsafe ? { literal: true as const } : {}),
    };
  }
}
