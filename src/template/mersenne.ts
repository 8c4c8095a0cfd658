import { createHash } from 'node:crypto';
import { failure } from './faults.ts';
import { text } from './text.ts';
import { integerOf, isText, type Val } from './values.ts';

const SIZE = 624;
const SHIFT = 397;

/** The 32-bit words of a seed, the lowest first, as Python makes them of a number or a text. */
function wordsOf(seed: Val): number[] {
  const whole = integerOf(seed);
  let number: bigint;
  if (whole !== undefined) number = BigInt(whole);
  else if (isText(seed)) {
    const bytes = Buffer.from(text(seed));
    const hash = createHash('sha512').update(bytes).digest('hex');
    number = BigInt(`0x${bytes.toString('hex')}${hash}`);
  } else throw failure('A seed is a number or a text.');
  if (number < 0n) number = -number;
  const words: number[] = [];
  do {
    words.push(Number(number & 0xffffffffn));
    number >>= 32n;
  } while (number > 0n);
  return words;
}

/** Python's random numbers: the same seed gives the same numbers as `random.Random`. */
export class Mersenne {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  constructor(seed: Val) {
    const key = wordsOf(seed);
    const state = this.#state;
    this.#fill(19_650_218);
    let i = 1;
    let j = 0;
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      const before = state[i - 1] ?? 0;
      const mixed = Math.imul(before ^ (before >>> 30), 1_664_525);
      state[i] = ((state[i] ?? 0) ^ mixed) + (key[j] ?? 0) + j;
      if (++i >= SIZE) {
        state[0] = state[SIZE - 1] ?? 0;
        i = 1;
      }
      if (++j >= key.length) j = 0;
    }
    for (let k = SIZE - 1; k > 0; k--) {
      const before = state[i - 1] ?? 0;
      const mixed = Math.imul(before ^ (before >>> 30), 1_566_083_941);
      state[i] = ((state[i] ?? 0) ^ mixed) - i;
      if (++i >= SIZE) {
        state[0] = state[SIZE - 1] ?? 0;
        i = 1;
      }
    }
    state[0] = 0x80000000;
  }

  #fill(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const before = state[i - 1] ?? 0;
      state[i] = Math.imul(before ^ (before >>> 30), 1_812_433_253) + i;
    }
  }

  #next(): number {
    if (this.#index >= SIZE) this.#turn();
    let y = this.#state[this.#index++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #turn(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % SIZE] ?? 0) & 0x7fffffff);
      const twisted = (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      state[i] = (state[(i + SHIFT) % SIZE] ?? 0) ^ twisted;
    }
    this.#index = 0;
  }

  #bits(count: number): bigint {
    let value = 0n;
    for (let shift = 0; shift < count; shift += 32) {
      const left = Math.min(count - shift, 32);
      value |= BigInt(this.#next() >>> (32 - left)) << BigInt(shift);
    }
    return value;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    const wide = BigInt(limit);
    const count = wide.toString(2).length;
    let value = this.#bits(count);
    while (value >= wide) value = this.#bits(count);
    return Number(value);
  }
}
