import { failure, wrongType } from '../faults.ts';
import type { Filter } from '../runtime.ts';
import { text } from '../text.ts';
import { integer, isText, numberOf, type Val } from '../values.ts';

const UNITS = 'YZEPTGMK';

function humanReadable(size: number, bits: boolean, unit: string | undefined): string {
  const power = Array.from(UNITS).findIndex((letter, i) =>
    unit === undefined ? size / 1024 ** (UNITS.length - i) >= 1 : unit.toUpperCase() === letter,
  );
  const letter = power < 0 ? '' : UNITS.charAt(power);
  const amount = power < 0 ? size : size / 1024 ** (UNITS.length - power);
  const word = letter === '' ? (bits ? 'bits' : 'Bytes') : letter + (bits ? 'b' : 'B');
  return `${amount.toFixed(2)} ${word}`;
}

const NAMES: Readonly<Record<string, string>> = {
  yotta: 'Y',
  zetta: 'Z',
  exa: 'E',
  peta: 'P',
  tera: 'T',
  giga: 'G',
  mega: 'M',
  kilo: 'K',
};

/** The letter of a unit such as MB, Mbit or megabyte; empty for bytes and bits; nothing when it is none. */
function unitOf(written: string, bits: boolean): string | undefined {
  const first = written.charAt(0).toUpperCase();
  const word = bits ? 'bit' : 'byte';
  const short = bits ? 'b' : 'B';
  const lower = written.toLowerCase();
  if (first === 'B') {
    const fits = written === short || lower === word || lower === `${word}s`;
    return fits || (written.length === 1 && lower === 'b' && !bits) ? '' : undefined;
  }
  const name = Object.keys(NAMES).find((key) => lower === key + word || lower === `${key}${word}s`);
  if (name !== undefined) return NAMES[name];
  if (!UNITS.includes(first)) return undefined;
  if (written.length === 1) return first;
  return written.length === 2 && written.charAt(1) === short ? first : undefined;
}

function humanToBytes(value: string, unit: string | undefined, bits: boolean): Val {
  const found = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(value);
  const number = found?.[1] ? Number(found[1]) : NaN;
  if (Number.isNaN(number)) throw failure('The text is no size such as 10G or 1.5 MB.');
  const written = found?.[2] ?? unit;
  const letter = written === undefined ? '' : unitOf(written, bits);
  if (letter === undefined) {
    throw failure(
      `"${written ?? ''}" is no unit of ${bits ? 'bits' : 'bytes'}.`,
      bits ? 'Units are b, Kb, Mb, Gb ...' : 'Units are B, K, KB, M, MB, G, GB ...',
    );
  }
  const factor = letter === '' ? 1 : 1024 ** (UNITS.length - UNITS.indexOf(letter));
  return integer(BigInt(Math.round(number * factor)));
}

/** Filters between numbers of bytes and what people write for them. */
export const SIZES: Readonly<Record<string, Filter>> = {
  human_readable: {
    params: ['isbits', 'unit'],
    run: (value, given) => {
      const size = numberOf(value);
      if (size === undefined) {
        throw wrongType('The filter "human_readable"', 'a number (| int)', value);
      }
      return humanReadable(size, given.flag('isbits'), given.optional('unit'));
    },
  },
  human_to_bytes: {
    params: ['default_unit', 'isbits'],
    run: (value, given) => {
      if (!isText(value) && numberOf(value) === undefined) {
        throw wrongType('The filter "human_to_bytes"', 'text', value);
      }
      return humanToBytes(text(value), given.optional('default_unit'), given.flag('isbits'));
    },
  },
};
