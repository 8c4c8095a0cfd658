import { readFileSync } from 'node:fs';
import { Command, type Option } from 'commander';
import { expect } from 'chai';
import { runFlags } from '../../src/cli/flags.ts';
import { ERRORS } from '../../src/lib/error-table.ts';
import { FILTERS } from '../../src/template/filters/registry.ts';
import { GLOBALS } from '../../src/template/functions.ts';
import { TESTS } from '../../src/template/tests/registry.ts';

const page = (name: string): string => readFileSync(`docs/${name}`, 'utf8');

const missing = (text: string, names: Iterable<string>): readonly string[] =>
  [...names].filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text));

describe('docs are complete', () => {
  const flags: readonly Option[] = runFlags(new Command()).options;

  it('cli.md has every flag of run and check, and every variable that stands for one', () => {
    const long = flags.flatMap(({ long: name }) => name ?? []);
    const env = flags.flatMap(({ envVar }) => envVar ?? []);
    expect(long.length).to.be.greaterThan(20);
    expect(missing(page('cli.md'), [...long, ...env])).to.deep.equal([]);
  });

  it('cli.md has every type of event', () => {
    const schema = JSON.parse(readFileSync('schemas/event.schema.json', 'utf8')) as {
      oneOf: readonly { $ref: string }[];
    };
    const types = schema.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));
    expect(missing(page('cli.md'), types)).to.deep.equal([]);
  });

  it('cli.md has every exit code, in the order in which they win', () => {
    const codes = [...page('cli.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).to.deep.equal([1, 130, 5, 12, 14, 15, 2, 4, 13, 10, 0]);
    const used = new Set<number>(Object.values(ERRORS).map(({ exit }) => exit));
    expect(codes).to.include.members([...used]);
  });

  it('variables.md has every filter, test and function, and the magic variables', () => {
    const words = [...FILTERS.keys(), ...TESTS.keys(), ...GLOBALS.keys()];
    const source = readFileSync('src/engine/magic.ts', 'utf8');
    const names = [...source.matchAll(/^ {4}(\w+): (?:\{ (?:value|lazy)|left\()/gm)];
    expect(names.length).to.be.greaterThan(25);
    const all = [...words.filter((word) => /^[a-z]/.test(word)), ...names.map(([, n = '']) => n)];
    expect(missing(page('variables.md'), all)).to.deep.equal([]);
  });
});
