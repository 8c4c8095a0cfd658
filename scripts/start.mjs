#!/usr/bin/env node
// Becomes dist/main.js, as CommonJS (Node starts a quarter faster without its loader of ES modules): src/main.ts for the
// built program, which is loaded with code V8 compiled before: that of the
// build, which holds every function, or, after the first run that reached its hosts, only what such a run needs.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';

import { SHORT_LIFE } from './short-life.mjs';

const argv = process.argv.slice(2);

// Scripts ask for the version often: nothing but Node itself is loaded to answer.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`orch ${ORCH_VERSION}\n`);
} else {
  for (const flag of SHORT_LIFE) setFlagsFromString(flag);
  const filename = join(__dirname, `${ORCH_PROGRAM}.cjs`);
  const folder = cacheFolder();
  const file = folder && join(folder, `${ORCH_PROGRAM}-${process.versions.v8}.cache`);
  const own = file && mine(file) ? read(file) : undefined;
  const reaches = ['run', 'check'].includes(argv[0]) && !argv.includes('local');
  // A cache holds what it was loaded with: the run that makes a small one starts without.
  const makes = file !== undefined && own === undefined && reaches;
  // All ASCII: read like this it is not decoded.
  const program = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: own ?? (makes ? undefined : read(join(__dirname, `${ORCH_PROGRAM}.cache`))),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (makes || (file && reaches && program.cachedDataRejected)) {
    process.once('exit', (code) => {
      if ([0, 2, 10].includes(code)) save(file, program);
    });
  }
  const exported = { exports: {} };
  program.runInThisContext()(exported.exports, require, exported, filename, __dirname);
  exported.exports.main(argv);
}

/** Code in a cache is run as it is: only a folder and a file of the user's own, closed to others, will do. */
function mine(path) {
  try {
    const { uid, mode } = lstatSync(path);
    return uid === process.geteuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Where the cache is kept; nothing when there is no such place or it is not the user's own. */
function cacheFolder() {
  const { HOME, XDG_CACHE_HOME } = process.env;
  const base = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'));
  if (!base) return undefined;
  const folder = join(base, 'orch');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  return mine(folder) ? folder : undefined;
}

/** Keeps the functions that this run needed, for the next ones; where that cannot be, all goes on as before. */
function save(file, program) {
  try {
    const code = program.createCachedData();
    writeFileSync(`${file}.${process.pid}`, code, { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
    // Those of other versions are of no more use.
    const folder = dirname(file);
    const old = readdirSync(folder).filter((name) => /^program-.*\.cache$/.test(name));
    for (const name of old) if (name !== basename(file)) unlinkSync(join(folder, name));
  } catch {
    // A cache that cannot be kept costs some milliseconds, no more.
  }
}

/** Compiled code. Node takes it only when it is of the very same V8, and compiles the program itself otherwise. */
function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
