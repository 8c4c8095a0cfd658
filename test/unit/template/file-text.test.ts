import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { OrchError } from '../../../src/lib/errors.ts';
import type { Marks } from '../../../src/model/scope.ts';
import { Secret, Unknown } from '../../../src/model/value.ts';
import { scopeOf, values } from './support.ts';

interface Case {
  readonly template: string;
  readonly prints: string;
  readonly options: {
    readonly trim?: boolean;
    readonly lstrip?: boolean;
    readonly nl?: Marks['newline'];
    readonly b?: [string, string];
    readonly v?: [string, string];
    readonly c?: [string, string];
  };
}

const cases = JSON.parse(
  readFileSync('test/fixtures/template/file-text.json', 'utf8'),
) as readonly Case[];
const at = { file: 'motd.j2', line: 1, column: 1 };
const scope = scopeOf([
  values({ x: 1, l: ['a', 'b'], key: new Secret('s3'), later: new Unknown('?') }),
]);

describe('the text of a template file', () => {
  for (const { template, prints, options } of cases) {
    it(`is what Jinja2 prints: ${JSON.stringify(template)} ${JSON.stringify(options)}`, () => {
      const { trim, lstrip, nl, b, v, c } = options;
      const marks: Marks = {
        ...(trim === undefined ? {} : { trimBlocks: trim }),
        ...(lstrip === undefined ? {} : { lstripBlocks: lstrip }),
        ...(nl === undefined ? {} : { newline: nl }),
        ...(b ? { block: b } : {}),
        ...(v ? { variable: v } : {}),
        ...(c ? { comment: c } : {}),
      };
      expect(scope.text(template, at, marks)).to.equal(prints);
    });
  }

  it('is secret when a secret is in it, and unknown when an unknown is', () => {
    const secret = scope.text('a {{ key }} b', at);
    expect(secret).to.be.instanceOf(Secret);
    expect((secret as Secret).reveal()).to.equal('a s3 b');
    expect(scope.text('{{ later }}', at)).to.be.instanceOf(Unknown);
  });

  it('has its errors placed in the file', () => {
    const placed = (template: string): unknown => {
      try {
        return scope.text(template, at);
      } catch (error) {
        return (error as OrchError).source;
      }
    };
    expect(placed('a\nb {{ nix }}\n')).to.deep.equal({ file: 'motd.j2', line: 2, column: 6 });
    expect(placed('{{ x')).to.deep.include({ file: 'motd.j2', line: 1 });
  });
});
