import { expect } from 'chai';
import fc from 'fast-check';
import { taskTemplateErrors, templateErrors } from '../../src/cli/check-templates.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { validateParams } from '../../src/load/validate-params.ts';
import { registry } from '../../src/modules/registry.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { memoryFiles } from '../helpers/memory-files.ts';
import { mutated, type Texts } from '../helpers/mutated.ts';
import { playedMutant } from '../helpers/play-mutant.ts';

/** Loads as `orch validate` does; every error is one for the user, with a sentence. */
function load(texts: Texts): void {
  try {
    const book = loadPlaybook('site.yml', {
      files: memoryFiles(texts),
      registry,
      validate: validateParams,
      evaluator: createEvaluator(),
      review: taskTemplateErrors,
      follow: true,
    });
    const errors = templateErrors(book);
    if (errors.length > 0) throw new OrchErrors(errors);
  } catch (error) {
    if (error instanceof OrchErrors) {
      expect(error.errors).to.not.be.empty;
      for (const one of error.errors) expect(one.source, one.message).to.not.equal(undefined);
    } else if (!(error instanceof OrchError)) throw error;
  }
}

describe('any playbook', () => {
  it('loads, or is refused with a place: never with a stack trace', function () {
    this.timeout(300_000);
    const runs = Number(process.env['FUZZ_RUNS'] ?? 1500);
    fc.assert(fc.property(mutated, load), { numRuns: runs });
  });

  it('is analyzed and run, or refused with a place: never with a stack trace', async function () {
    this.timeout(600_000);
    const runs = Number(process.env['FUZZ_RUNS'] ?? 250);
    await fc.assert(fc.asyncProperty(mutated, playedMutant), { numRuns: runs });
  });
});
