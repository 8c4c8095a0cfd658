import { expect } from 'chai';
import { answerPrompts, type Ask } from '../../../src/cli/prompts.ts';
import type { Play } from '../../../src/model/play.ts';
import { plain } from '../../../src/model/tree.ts';
import { loaded } from '../../helpers/loaded.ts';

const text = [
  '- hosts: all',
  '  vars: {who: before, other: 1}',
  '  vars_prompt:',
  '    - {name: who, prompt: Who, default: nobody, private: false}',
  '    - {name: word, prompt: Word, confirm: true, unsafe: true}',
].join('\n');

/** Answers in order; what was asked is noted, hidden questions with a mark. */
const answering = (...answers: readonly string[]): { ask: Ask; asked: string[] } => {
  const asked: string[] = [];
  const ask: Ask = (question, echo) => {
    asked.push(`${question}${echo ? '' : '(hidden)'}`);
    return Promise.resolve(answers[asked.length - 1] ?? '');
  };
  return { ask, asked };
};

const project = (vars: Readonly<Record<string, string>> = {}) => ({
  playbooks: [loaded({ 'site.yml': text })],
  extraVars: {
    name: '-e',
    vars: new Map(Object.entries(vars).map(([name, value]) => [name, { value }] as const)),
  },
  secrets: new Set<string>(),
  hidden: new Map(),
});
const playOf = ({ playbooks }: { playbooks: readonly { plays: readonly Play[] }[] }) =>
  playbooks[0]?.plays[0];

describe('vars_prompt', () => {
  it('asks, twice where it must be sure; private answers are secret, unsafe ones no templates', async () => {
    const { ask, asked } = answering('', 'a', 'b', '{{ x }}', '{{ x }}');
    const given = project();
    const vars = playOf(await answerPrompts(given, ask))?.vars;
    expect(asked).to.deep.equal([
      'Who [nobody]: ',
      'Word: (hidden)',
      'confirm Word: (hidden)',
      'Word: (hidden)',
      'confirm Word: (hidden)',
    ]);
    expect(vars && plain(vars)).to.deep.equal({ other: 1, who: 'nobody', word: '{{ x }}' });
    expect(vars?.entries.at(-1)?.value).to.include({ secret: true, literal: true });
    expect([...given.secrets]).to.deep.equal(['{{ x }}']);
  });

  it('does not ask for what -e sets, and takes defaults where there is no terminal', async () => {
    const vars = playOf(await answerPrompts(project({ word: 'x' }), undefined))?.vars;
    expect(vars && plain(vars)).to.deep.equal({ other: 1, who: 'nobody' });
  });

  it('without terminal and default is an error at its place', async () => {
    const error = await answerPrompts(project(), undefined).then(
      () => undefined,
      (thrown: unknown) => thrown as { errors: readonly { code: string; source: unknown }[] },
    );
    expect(error?.errors.map(({ code, source }) => ({ code, source }))).to.deep.equal([
      { code: 'INPUT_MISSING', source: { file: 'site.yml', line: 5, column: 7 } },
    ]);
  });
});
