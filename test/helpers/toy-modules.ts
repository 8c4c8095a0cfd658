import { OrchError } from '../../src/lib/errors.ts';
import { lines, raw, sh } from '../../src/lib/shell.ts';
import type {
  AnyModule,
  InspectModule,
  Registry,
  Resource,
  StateModule,
  Step,
} from '../../src/model/module.ts';
import { Refusal } from '../../src/model/module.ts';
import { shell } from '../../src/modules/actions/shell.ts';
import { assert } from '../../src/modules/control/assert.ts';
import { debug } from '../../src/modules/control/debug.ts';
import { fail } from '../../src/modules/control/fail.ts';
import { meta } from '../../src/modules/control/meta.ts';
import { setFact } from '../../src/modules/control/set-fact.ts';

/** Words of a file, one a line; order does not matter. */
interface Words {
  readonly words: readonly string[];
}
interface Text {
  readonly text: string;
}
interface File {
  readonly file: string;
}

/**
 * A file of words. Looking at it lets a meddler in: the word in FILE.meddle is added behind the observer's
 * back, once; each time when FILE.always is there too. Steps that add "bad" fail, those that add "ghost" do nothing; there is no way to "unplannable".
 */
const words: Resource<File, Words, Text> = {
  name: 'words',
  key: ({ file }) => `words:${file}`,
  observe: (scopes) => ({
    script: lines([...new Set(scopes.map(({ file }) => file))].map((file) => lookAt(file))),
    parse: ({ stdout }) => {
      const text = stdout.toString();
      return {
        state: { words: [...new Set(body(text).split('\n').filter(Boolean))].sort() },
        facts: { text },
      };
    },
  }),
  plan: (current, desired) => {
    if (desired.words.includes('unplannable')) throw new OrchError('REFUSED', 'there is no way');
    const had = new Set(current.state.words);
    const has = new Set(desired.words);
    // The file is not known here, as with real resources whose key says it all: it is written in the facts.
    const file = current.facts.text.split('\n')[0]?.replace('#', '') ?? '';
    return {
      guard: sh`[ "$(cat ${file} 2>/dev/null)" = ${body(current.facts.text)} ] || exit 75`,
      steps: [
        ...desired.words.filter((word) => !had.has(word)).map((word) => add(file, word)),
        ...current.state.words.filter((word) => !has.has(word)).map((word) => drop(file, word)),
      ],
    };
  },
  footprints: ({ file }) => ({ reads: [`file:${file}`], writes: [`file:${file}`] }),
};

const body = (text: string): string => text.split('\n').slice(1).join('\n').trimEnd();

const lookAt = (file: string) => sh`echo ${`#${file}`}
cat ${file} 2>/dev/null
if [ -e ${`${file}.meddle`} ]; then
  cat ${`${file}.meddle`} >> ${file}
  [ -e ${`${file}.always`} ] || rm ${`${file}.meddle`}
fi
true`;

const step = (name: string, more: Pick<Step, 'do' | 'inverse'>): Step => ({
  name,
  stage: 'persistent',
  disruption: 'none',
  ...more,
});

function add(file: string, word: string): Step {
  if (word === 'bad') return step('add bad', { do: raw('echo no room >&2; exit 3') });
  if (word === 'ghost') return step('add ghost', { do: raw('true') });
  return step(`add ${word}`, {
    do: sh`echo ${word} >> ${file}`,
    inverse: sh`sed -i ${`/^${word}$/d`} ${file}`,
  });
}

const drop = (file: string, word: string): Step =>
  step(`drop ${word}`, {
    do: sh`sed -i ${`/^${word}$/d`} ${file}`,
    inverse: sh`echo ${word} >> ${file}`,
  });

interface ToyParams extends File, Words {
  readonly state: 'present' | 'absent';
}

const params = {
  type: 'object',
  description: 'Words of a file.',
  properties: {
    file: { type: 'string', description: 'The file.' },
    words: { type: 'array', items: { type: 'string' }, description: 'The words.' },
    state: { enum: ['present', 'absent'], default: 'present', description: 'There or not.' },
  },
  required: ['file', 'words'],
  additionalProperties: false,
} as const;

/** Sees to it that a file holds words, or that it does not; refuses the word "never". */
const toyWords: StateModule<ToyParams, File, Words, Text> = {
  kind: 'state',
  name: 'toy_words',
  params,
  example: '',
  resource: words,
  scope: ({ file }) => ({ file }),
  desired: ({ state }, { words: want, state: there }) => {
    if (want.includes('never')) return new Refusal('never is not written', { pointer: '/words' });
    const set = new Set(state.words);
    for (const word of want) {
      if (there === 'present') set.add(word);
      else set.delete(word);
    }
    return { words: [...set].sort() };
  },
  result: (_before, after) => ({ data: { words: after.state.words }, notes: [], warnings: [] }),
};

/** Finds words that a file does not hold. */
const toyHas: InspectModule<ToyParams, File, Words, Text> = {
  kind: 'inspect',
  name: 'toy_has',
  params,
  example: '',
  resource: words,
  scope: ({ file }) => ({ file }),
  inspect: ({ state }, { words: want }) => ({
    findings: want
      .filter((word) => !state.words.includes(word))
      .map((word) => ({ message: `${word} is missing`, cure: `toy_words: {words: [${word}]}` })),
    data: { words: state.words },
    notes: [],
    warnings: [],
  }),
};

/** A state and an inspect module on files, and the real modules that need no firewall. */
export const toyModules: Registry = new Map(
  (
    [
      toyWords,
      toyHas,
      shell,
      assert,
      debug,
      fail,
      meta,
      setFact,
    ] as readonly unknown[] as AnyModule[]
  ).map((module) => [module.name, module]),
);
