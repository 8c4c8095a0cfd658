/** Bundles floor.mjs the way scripts/build.mjs bundles orch, so that both start alike: `node build-floor.mjs OUT` */
import { build } from 'esbuild';

await build({
  entryPoints: [new URL('floor.mjs', import.meta.url).pathname],
  outfile: process.argv[2],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['cpu-features', '*.node'],
  banner: {
    js: [
      "import { createRequire as benchRequire } from 'node:module';",
      'const require = benchRequire(import.meta.url), __dirname = import.meta.dirname;',
    ].join(' '),
  },
  logLevel: 'warning',
});
