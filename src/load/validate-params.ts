import type { Validate } from '../model/module.ts';
import { validators } from './generated/validators.js';
import { makeValidate } from './params.ts';

/** Checks the arguments of the modules that come with orch, with validators made at build time. */
export const validateParams: Validate = makeValidate((module) =>
  Object.hasOwn(validators, `module:${module}`) ? validators[`module:${module}`] : undefined,
);
