/**
 * The TypeScript of docs/adding-a-module.md as files below test/fixtures/walk/: `npm run types` then checks that the
 * walk compiles, and test/unit/docs-walk.test.ts runs its unit test and its laws.
 */
import { readFile } from 'node:fs/promises';

import { format, type FormatConfig } from 'oxfmt';

const FOLDER = 'test/fixtures/walk';

/** The files by path, given the text of the page. Rejects when the page has other blocks than expected. */
export async function walkCode(page: string): Promise<ReadonlyMap<string, string>> {
  const style = JSON.parse(await readFile('.oxfmtrc.json', 'utf8')) as FormatConfig;
  const files = [...filesOf(page)].map(async ([path, code]): Promise<[string, string]> => {
    const laid = await format(path, code, style);
    if (laid.errors.length > 0)
      throw new Error(`${path}: ${laid.errors.map((one) => one.message).join('; ')}`);
    return [path, laid.code];
  });
  return new Map(await Promise.all(files));
}

function filesOf(page: string): ReadonlyMap<string, string> {
  const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
  const [state, resource, module, unit, laws, integration, ...more] = blocks;
  if (!state || !resource || !module || !unit || !laws || !integration || more.length > 0)
    throw new Error(
      `docs/adding-a-module.md has ${blocks.length} blocks of TypeScript, scripts/generate-walk.ts knows 6`,
    );
  // As a reader would write the file: imports first.
  const [imports, body] = splitImports(resource);
  return new Map([
    [`${FOLDER}/resource.ts`, moved(`${imports}\n${state}\n${body}`, '../../lib/', '../../model/')],
    [`${FOLDER}/nodename-module.ts`, moved(module, '../../lib/', '../../model/')],
    [`${FOLDER}/unit.ts`, HEAD + rehomed(unit)],
    [`${FOLDER}/laws.ts`, HEAD + rehomed(laws)],
    [`${FOLDER}/integration.ts`, HEAD + rehomed(integration)],
  ]);
}

const HEAD = '// Written by `npm run generate` from docs/adding-a-module.md. Do not edit.\n';

function splitImports(code: string): readonly [string, string] {
  const lines = code.split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('import '));
  return [
    lines.slice(0, last + 1).join('\n'),
    lines
      .slice(last + 1)
      .join('\n')
      .trimStart(),
  ];
}

/** A test of the walk, at home in the fixture's folder. */
const rehomed = (code: string): string =>
  code
    .replaceAll(/'[./]*\/src\/modules\/nodename\//g, "'./")
    .replaceAll(/'[./]*\/src\//g, "'../../../src/")
    .replaceAll(/'\.\.\/(helpers|lab)\//g, "'../../$1/")
    .replaceAll("'./orch.ts'", "'../../integration/orch.ts'");

/** Code that was written for src/modules/nodename/, at home in the fixture's folder. */
const moved = (code: string, ...from: readonly string[]): string =>
  HEAD + from.reduce((text, path) => text.replaceAll(path, `../../../src/${path.slice(6)}`), code);
