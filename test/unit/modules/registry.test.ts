import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { templateErrors } from '../../../src/cli/check-templates.ts';
import { validators } from '../../../src/load/generated/validators.js';
import { allTasks } from '../../../src/model/play.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { sharedKeywords, taskKeywords } from '../../../src/load/schema/keywords.ts';
import type { Schema } from '../../../src/load/schema/words.ts';
import { validateParams } from '../../../src/load/validate-params.ts';
import type { AnyModule } from '../../../src/model/module.ts';
import { registry } from '../../../src/modules/registry.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { rendered } from '../../helpers/rendered.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`);

interface Import {
  readonly names: readonly string[];
  /** Below src/modules: `routes/dummy-route.ts`. */
  readonly file: string;
}

/** Values that a source imports from files below `from`. */
const importsOf = (source: string, from: string): readonly Import[] =>
  [...source.matchAll(/^import \{([^}]*)\} from '([^']*)';/gm)]
    .filter(([, , path = '']) => path.startsWith(from))
    .map(([, names = '', path = '']) => ({
      names: names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type ')),
      file: path.slice(from.length),
    }));

/** The file below src/modules that each module comes from, by the name of the module. */
async function homes(imports: readonly Import[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { names, file } of imports) {
    const exported = (await import(`../../../src/modules/${file}`)) as Record<string, unknown>;
    for (const one of names) {
      const { kind, name } = (exported[one] ?? {}) as Partial<AnyModule>;
      if (kind !== undefined && name !== undefined) found.set(name, file);
    }
  }
  return found;
}

const registered = importsOf(read('src/modules/registry.ts'), './');

/** Modules that test/property hands to `lawful`. */
async function lawfulModules(): Promise<readonly string[]> {
  const imports = filesBelow('test/property').flatMap((path) => {
    const source = read(path);
    const called = [...source.matchAll(/\blawful\(\s*(\w+)/g)].map(([, name]) => name);
    return importsOf(source, '../../src/modules/').map(({ names, file }) => ({
      names: names.filter((name) => called.includes(name)),
      file,
    }));
  });
  return [...(await homes(imports)).keys()];
}

/** Pointers to the properties of a schema, at any depth, that have no description. */
function undescribed(schema: Schema, pointer = ''): readonly string[] {
  const maps = ['properties', 'patternProperties'].flatMap((key) =>
    Object.entries((schema[key] ?? {}) as Readonly<Record<string, Schema>>).flatMap(
      ([name, one]) => {
        const here = `${pointer}/${name}`;
        const said = typeof one['description'] === 'string' && /\S \S/.test(one['description']);
        return [...(said ? [] : [here]), ...undescribed(one, here)];
      },
    ),
  );
  const inner = [schema['items'], schema['additionalProperties'], schema['anyOf'], schema['oneOf']]
    .flat()
    .filter((one) => typeof one === 'object' && one !== null);
  return [...maps, ...inner.flatMap((one) => undescribed(one as Schema, pointer))];
}

/** The example as the tasks of a play; what is wrong with it, as a user would read it. */
function exampleOf({ example }: AnyModule): { wrong: string; modules: readonly string[] } {
  const tasks = example.replace(/^(?=.)/gm, '    ');
  const texts = { 'example.yml': `- hosts: all\n  tasks:\n${tasks}` };
  let modules: readonly string[] = [];
  const wrong = rendered(() => {
    const book = loadPlaybook('example.yml', {
      files: memoryFiles(texts),
      registry,
      validate: validateParams,
    });
    for (const error of templateErrors(book)) throw error;
    modules = book.plays.flatMap(allTasks).map(({ module }) => module);
  }, texts);
  return { wrong, modules };
}

describe('the registry', () => {
  it('has every module that it imports, each under a name of its own', async () => {
    const names = registered.flatMap((one) => one.names);
    expect([...registry.keys()]).to.have.length(names.length);
    expect([...(await homes(registered)).keys()].sort()).to.deep.equal([...registry.keys()].sort());
  });

  for (const module of registry.values()) {
    describe(module.name, () => {
      it('has a name that no keyword has', () => {
        expect(module.name).to.match(/^[a-z][a-z0-9_]*$/);
        expect({ ...sharedKeywords, ...taskKeywords }).to.not.have.property(module.name);
      });

      it('has a validator', () => {
        expect(
          Object.keys(validators).includes(`module:${module.name}`),
          'run `npm run generate`',
        ).to.equal(true);
      });

      it('describes itself and every parameter', () => {
        expect(module.params.description).to.match(/\S \S/);
        expect(undescribed(module.params), 'have no description').to.deep.equal([]);
      });

      it('has an example that loads', () => {
        const { wrong, modules } = exampleOf(module);
        expect(wrong).to.equal('');
        expect(modules).to.include(module.name);
      });

      it('has a unit test', async () => {
        const file = (await homes(registered)).get(module.name) ?? '';
        const folder = `test/unit/modules/${file.split('/')[0] ?? ''}`;
        const tested = filesBelow('test/unit/modules').some(
          (path) => path.startsWith(`${folder}/`) && read(path).includes(`src/modules/${file}'`),
        );
        expect(tested, `a test in ${folder}/ imports src/modules/${file}`).to.equal(true);
      });

      if (module.kind === 'state') {
        it('keeps the laws', async () => {
          expect(await lawfulModules(), 'a test in test/property calls lawful(...)').to.include(
            module.name,
          );
        });
      }
    });
  }
});
