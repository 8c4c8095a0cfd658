import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunFlags } from '../../../src/cli/flags.ts';
import { listing } from '../../../src/cli/listing.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { validateParams } from '../../../src/load/validate-params.ts';
import type { AnyModule, Registry } from '../../../src/model/module.ts';
import { registry } from '../../../src/modules/registry.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** What ansible-playbook --list-tasks printed. */
  readonly list: readonly string[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/language/recorded.json'), 'utf8'),
) as readonly Case[];

const after = (args: readonly string[], flag: string): readonly string[] =>
  args.flatMap((arg, i) => (args[i - 1] === flag ? arg.split(',') : []));

/** Modules of Ansible that need no more than a name to be listed. */
const named = (name: string): readonly [string, AnyModule] => [
  name,
  {
    kind: 'action',
    name,
    params: {
      type: 'object',
      description: '',
      properties: {},
      additionalProperties: false,
      'x-free-form': 'free',
    },
    example: '',
    script: () => {
      throw new Error('not run here');
    },
    parse: () => ({ changed: false, data: {} }),
    reads: () => true,
  },
];
const modules: Registry = new Map([named('meta'), ...registry]);

describe('--list-tasks, compared with ansible-playbook', () => {
  for (const { name, files, args, list } of recorded) {
    it(name, () => {
      const vars = new Map(
        after(args, '-e').map((pair) => {
          const [key = '', value = ''] = pair.split('=');
          return [key, { value }] as const;
        }),
      );
      const book = loadPlaybook('site.yml', {
        files: memoryFiles(files),
        registry: modules,
        validate: validateParams,
        evaluator: createEvaluator(),
        extraVars: { name: '-e', vars: new Map([['t', { value: 'trace' }], ...vars]) },
      });
      const flags = {
        listTasks: true,
        tags: after(args, '--tags'),
        skipTags: after(args, '--skip-tags'),
      } as unknown as RunFlags;
      const text = listing([book], flags, () => []);
      expect(text.replace(/^\n+|\n+$/g, '').split('\n')).to.deep.equal(list);
    });
  }
});
