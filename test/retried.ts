import type { Context } from 'mocha';

/**
 * On a machine that is shared, real servers and timers may be late once: there (CI is set) a test against the real thing is
 * tried a second time. Whatever needed that is named, so that nobody takes it for fine.
 */
export const mochaHooks = {
  afterEach(this: Context): void {
    const test = this.currentTest;
    if (!test || (test as unknown as { currentRetry(): number }).currentRetry() === 0) return;
    process.stderr.write(`\nTRIED AGAIN, ${test.state ?? 'unknown'}: ${test.fullTitle()}\n`);
  },
};
