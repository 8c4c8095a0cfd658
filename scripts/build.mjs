#!/usr/bin/env node
/**
 * Builds dist/ (or the folder that is named): main.js, the program as one file, and V8's code cache for it, which
 * halves the time to load. What a verb does not need is in the file but not run.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';

import { SHORT_LIFE } from './short-life.mjs';

const root = new URL('..', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const place = resolve(process.argv[2] ?? new URL('dist', root).pathname);
// Built beside its place and moved there in the end: who runs orch meanwhile runs the old one.
const out = `${place}.${process.pid}`;
process.chdir(new URL('.', root).pathname);
process.once('exit', () => rmSync(out, { recursive: true, force: true }));

const generate = ['--import=tsx', 'scripts/generate.ts', '--program'];
if (spawnSync(process.execPath, generate, { stdio: 'inherit' }).status !== 0) process.exit(1);

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'eof',
  logLevel: 'warning',
};

// ssh2 loads its server, its key maker and its HTTP agents with the client: none is used here, and Node's HTTP and TLS
// that come with them take as long to load as all of orch.
const clientOnly = {
  name: 'ssh2-client-only',
  setup: ({ onResolve, onLoad }) => {
    const unused = /^\.\/(http-agents|server|keygen)\.js$/;
    onResolve({ filter: unused }, ({ path, importer }) =>
      importer.endsWith('/ssh2/lib/index.js') ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

// OpenSSH names its other host keys after each login, and ssh2 has them proved, 2 ms of each side, though nobody listens.
const hostKeysUnasked = {
  name: 'ssh2-host-keys-unasked',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/ssh2\/lib\/client\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const call = 'hostKeysProve(this, data,';
      if (text.split(call).length !== 2) throw new Error(`${path}: "${call}" is not there once`);
      return { contents: text.replace(call, `if (this.listenerCount('hostkeys') > 0) ${call}`) };
    });
  },
};

const sources = fileURLToPath(new URL('src/', root));

// What most runs never call is loaded when it is called: each of these takes Node 1 to 4 ms.
const loadedWhenCalled = {
  name: 'loaded-when-called',
  setup: ({ onResolve, onLoad }) => {
    // Ciphers are needed by every login, but hosts can be dialled before they are loaded.
    const seldom = /^(node:)?(child_process|crypto|fs\/promises|readline)$/;
    onResolve({ filter: seldom }, ({ path, namespace, importer }) =>
      namespace === 'seldom' || (path.endsWith('crypto') && !importer.startsWith(sources))
        ? { path, external: true }
        : { path, namespace: 'seldom' },
    );
    onLoad({ filter: /.*/, namespace: 'seldom' }, ({ path }) => ({
      contents: Object.entries(process.getBuiltinModule(path))
        .map(([name, value]) =>
          typeof value === 'function' && /^[a-z]/.test(name)
            ? `exports.${name} = (...given) => require('${path}').${name}(...given);`
            : `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('${path}').${name} });`,
        )
        .join('\n'),
    }));
  },
};

// The file is one function expression; start.mjs calls it with what CommonJS modules are given.
await build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  outfile: join(out, 'program.cjs'),
  format: 'cjs',
  plugins: [clientOnly, hostKeysUnasked, loadedWhenCalled],
  // Half the text is read and hashed in half the time; a bug report looks names and lines up in the map.
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  // Optional native speed-ups of ssh2: used when installed, done without when not.
  external: ['cpu-features', '*.node'],
  define: { ORCH_VERSION: JSON.stringify(version), 'import.meta.url': 'orchUrl' },
  banner: {
    js: "(function (exports, require, module, __filename, __dirname) { 'use strict'; const orchUrl = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
});

// The cache belongs to this very text: their common name says so.
const text = readFileSync(join(out, 'program.cjs'), 'latin1');
const name = `program-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
renameSync(join(out, 'program.cjs'), join(out, `${name}.cjs`));
writeFileSync(join(out, `${name}.cache`), compiled(text, `${name}.cjs`));

await build({
  ...common,
  entryPoints: ['scripts/start.mjs'],
  outfile: join(out, 'main.js'),
  format: 'cjs',
  define: { ORCH_VERSION: JSON.stringify(version), ORCH_PROGRAM: JSON.stringify(name) },
});
chmodSync(join(out, 'main.js'), 0o755);
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
const files = ['main.js', `${name}.cjs`, `${name}.cache`];
const bytes = files.reduce((sum, file) => sum + statSync(join(out, file)).size, 0);
rmSync(place, { recursive: true, force: true });
renameSync(out, place);
console.log(`${place}: ${files.join(', ')}, ${Math.round(bytes / 1024)} KiB`);

/** The code cache of a script with all its functions, under the flags it will be loaded with. */
function compiled(source, filename) {
  for (const flag of [...SHORT_LIFE, '--no-lazy']) setFlagsFromString(flag);
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script(source, { filename, importModuleDynamically });
  setFlagsFromString('--lazy');
  return script.createCachedData();
}
