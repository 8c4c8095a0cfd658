import type { Validator } from '../problems.ts';

/** Made by scripts/generate.ts: `play`, `task`, `input`, `inventory` and `module:NAME`. */
export declare const validators: Readonly<Record<string, Validator>>;
