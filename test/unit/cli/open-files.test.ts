import { expect } from 'chai';
import { forksFor, openFiles } from '../../../src/cli/open-files.ts';

describe('the limit of open files', () => {
  it('leaves forks alone where it is wide enough', () => {
    expect(forksFor(50, 200, 1024)).to.deep.equal({ forks: 50 });
    expect(forksFor(500, 3, 256)).to.deep.equal({ forks: 500 });
    expect(forksFor(50, 200, Infinity)).to.deep.equal({ forks: 50 });
  });

  it('makes them fewer, never none, and says why', () => {
    expect(forksFor(200, 200, 1024)).to.deep.equal({
      forks: 120,
      warning:
        'this machine allows 1024 open files (ulimit -n): 120 hosts at the same time instead of 200',
    });
    expect(forksFor(50, 200, 64).forks).to.equal(1);
    expect(forksFor(50, 200, 10).forks).to.equal(1);
  });

  it('is read from the kernel', () => expect(openFiles()).to.be.above(0));
});
