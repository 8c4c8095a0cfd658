import { expect } from 'chai';
import { parse } from 'yaml';
import { compileValidate } from '../../src/load/schema/compile.ts';
import type { AnyModule } from '../../src/model/module.ts';
import type { Value } from '../../src/model/value.ts';
import { firewalldPort } from '../../src/modules/firewalld/firewalld-port.ts';
import { firewalldPrecheck } from '../../src/modules/firewalld/firewalld-precheck.ts';
import { firewalldVerify } from '../../src/modules/firewalld/firewalld-verify.ts';
import { firewalldZone } from '../../src/modules/firewalld/firewalld-zone.ts';
import { portTask, zoneTask } from '../helpers/firewalld.ts';

const modules = [firewalldZone, firewalldPort, firewalldVerify, firewalldPrecheck] as const;
const validate = compileValidate(new Map(modules.map((one) => [one.name, one as AnyModule])));

describe('arguments of the firewalld modules', () => {
  for (const { name, example, problems } of modules) {
    it(`${name}: the example is valid`, () => {
      const tasks = parse(example) as Record<string, Value>[];
      expect(tasks).to.not.deep.equal([]);
      for (const task of tasks) {
        const checked = validate(name, task[name] ?? null);
        expect(checked.problems).to.deep.equal([]);
        expect(problems?.(checked.params)).to.deep.equal([]);
      }
    });
  }

  it('fills in the defaults that the tests of the modules use', () => {
    expect(validate('firewalld_zone', { zone: 'public' }).params).to.deep.equal(
      zoneTask({ zone: 'public' }),
    );
    expect(validate('firewalld_port', { ports: ['80/tcp'] }).params).to.deep.equal(
      portTask({ ports: ['80/tcp'] }),
    );
  });

  it('refuses arguments that do not exist', () => {
    expect(
      validate('firewalld_zone', { zone: 'public', interfces: ['eth0'] }).problems,
    ).to.have.length(1);
  });

  it('describes every argument', () => {
    for (const { name, params } of modules) {
      for (const [key, property] of Object.entries(params.properties)) {
        expect((property as { description?: string }).description, `${name} ${key}`).to.match(
          /\.$/,
        );
      }
    }
  });
});
