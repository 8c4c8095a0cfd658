import { failure } from './faults.ts';
import { numberText, pad, type Spec } from './format.ts';
import type { Runtime } from './runtime.ts';
import { repr, text } from './text.ts';
import { integerOf, isFloat, isMapping, numberOf, Undef, type Val } from './values.ts';

/** The values for the fields of a format. */
interface Values {
  readonly list: readonly Val[];
  readonly named: { get(name: string): Val | undefined };
}

/** Python's `text.format(...)`: {} {0} {name} {name.attr} {0[key]}, specs that hold fields themselves. */
export function braces(format: string, values: Values, runtime: Runtime): string {
  return new Fields(values, runtime).fill(format, 0);
}

class Fields {
  readonly #values: Values;
  readonly #runtime: Runtime;
  /** The next field without a number; a text once fields have numbers. */
  #next: number | 'numbered' | undefined;

  constructor(values: Values, runtime: Runtime) {
    this.#values = values;
    this.#runtime = runtime;
  }

  fill(format: string, depth: number): string {
    if (depth > 2) throw failure('The fields of the format are nested too deeply.');
    let out = '';
    for (let at = 0; at < format.length;) {
      const char = format.charAt(at);
      if (char !== '{' && char !== '}') {
        out += char;
        at++;
      } else if (format[at + 1] === char) {
        out += char;
        at += 2;
      } else {
        if (char === '}') throw failure('The format has a single "}".', 'Write }} for one.');
        const end = closing(format, at);
        out += this.#field(format.slice(at + 1, end), depth);
        at = end + 1;
      }
    }
    return out;
  }

  #field(field: string, depth: number): string {
    const [, path = '', conversion, spec = ''] =
      /^((?:\[[^\]]*\]|[^!:[])*)(?:!(.))?(?::([\s\S]*))?$/.exec(field) ?? [];
    const value = this.#value(path);
    if (conversion !== undefined && !'rsa'.includes(conversion)) {
      throw failure(`The format knows no conversion "!${conversion}".`);
    }
    const shown = conversion === undefined ? value : conversion === 's' ? text(value) : repr(value);
    return laidOut(shown, spec.includes('{') ? this.fill(spec, depth + 1) : spec);
  }

  #value(path: string): Val {
    const [, head = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
    let value = /^\d*$/.test(head)
      ? this.#values.list[this.#index(head)]
      : this.#values.named.get(head);
    if (value === undefined) throw failure(`format() has no value for "{${path}}".`);
    for (const [part, key, name] of rest.matchAll(/\[([^\]]*)\]|\.([^.[\]]+)/g)) {
      if (name !== undefined && isMapping(value)) {
        throw failure(`A map has no attribute "${name}".`, `In a format, write [${name}].`);
      }
      const wanted = name ?? key ?? part;
      value = this.#runtime.item(value, /^\d+$/.test(wanted) ? Number(wanted) : wanted);
      if (value instanceof Undef) value.raise();
    }
    return value;
  }

  #index(written: string): number {
    const numbered = written !== '';
    if (this.#next !== undefined && (this.#next === 'numbered') !== numbered) {
      throw failure('The format has fields with numbers and fields without.');
    }
    if (numbered) {
      this.#next = 'numbered';
      return Number(written);
    }
    const index = typeof this.#next === 'number' ? this.#next : 0;
    this.#next = index + 1;
    return index;
  }
}

/** Where the field that starts at a brace ends. */
function closing(format: string, from: number): number {
  let depth = 0;
  for (let at = from; at < format.length; at++) {
    if (format[at] === '{') depth++;
    else if (format[at] === '}' && --depth === 0) return at;
  }
  throw failure('The format has a "{" that is never closed.', 'Write {{ for one.');
}

const SPEC = /^(?:(.)?([<>^=]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

function laidOut(value: Val, written: string): string {
  if (written === '') return text(value);
  const found = SPEC.exec(written);
  if (!found) throw failure(`The format spec "${written}" is not supported.`);
  const [, fill, align, sign = '-', alternate, zero, width = '0', separator, precision] = found;
  const number = numberOf(value);
  const spec: Spec = {
    fill: fill ?? ' ',
    align,
    sign,
    alternate: alternate !== undefined,
    zero: zero !== undefined,
    width: Number(width),
    separator,
    precision: precision === undefined ? undefined : Number(precision),
    type: found[9] ?? (number === undefined ? 's' : ''),
  };
  // A 0 before the width fills, but moves nothing where no number is written.
  const isNumber = number !== undefined;
  const written0 = !isNumber && spec.zero && fill === undefined;
  const how = written0 ? { ...spec, fill: '0', zero: false } : spec;
  return pad(body(value, spec, number), how, isNumber ? '>' : '<');
}

function body(value: Val, spec: Spec, number: number | undefined): string {
  const { type, precision, sign } = spec;
  if (type === 's') {
    if (number !== undefined) throw failure('The format "s" is for texts.');
    return text(value).slice(0, precision);
  }
  if (type === 'c') return String.fromCodePoint(Number(integerOf(value) ?? 0));
  const whole = integerOf(value);
  if (type === 'd' || type === 'n' || (type === '' && whole !== undefined)) {
    if (whole === undefined) throw failure('The format "d" needs a whole number.');
    return signed(
      value,
      typeof value === 'boolean' && type === '' ? text(value) : String(whole),
      spec,
    );
  }
  if (type !== '') return numberText(value, spec);
  if (precision === undefined && isFloat(value)) return signed(value, text(value), spec);
  return numberText(value, { ...spec, type: 'g', sign });
}

function signed(value: Val, digits: string, { sign, separator }: Spec): string {
  const plus = (numberOf(value) ?? 0) >= 0 && sign !== '-' ? sign : '';
  const [, head = '', whole = '', rest = ''] = /^(-?)(\d*)(.*)$/s.exec(digits) ?? [];
  const grouped = separator ? whole.replace(/\B(?=(?:\d{3})+$)/g, separator) : whole;
  return plus + head + grouped + rest;
}
