import { Unknown, Secret, isLazy } from '../model/value.ts';
import { limitText } from './faults.ts';
import { literal } from './literal.ts';
import { text } from './text.ts';
import { Dict, entriesOf, Float, isList, isMapping, Special, Tuple, type Val } from './values.ts';

/** Collects what a template, or a body in it, prints. */
export class Output {
  #text = '';
  #lone: Val | undefined;
  #pieces = 0;
  #kept = false;

  add(piece: string): void {
    this.#print();
    limitText(this.#text.length + piece.length);
    this.#pieces++;
    this.#text += piece;
  }

  /** Adds a value; `kept` when it is text that must not be taken for anything else. */
  value(value: Val, kept = false): void {
    this.#print();
    this.#pieces++;
    // The first is not printed yet: if it stays alone, it may be wanted as it is.
    this.#lone = value;
    this.#kept = kept;
  }

  get text(): string {
    this.#print();
    return this.#text;
  }

  /** Prints the value that waits. None prints as nothing, as in Ansible. */
  #print(): void {
    const value = this.#lone;
    if (value === undefined) return;
    this.#lone = undefined;
    const piece = value === null ? '' : text(value);
    limitText(this.#text.length + piece.length);
    this.#text += piece;
  }

  /**
   * What was printed as a value, with Ansible's rule (jinja2_native off): text, unless it looks like a
   * list, a map or a boolean: then it is one. Text made by `to_json` and its like stays text.
   */
  get result(): Val {
    const alone = this.#pieces === 1 ? this.#lone : undefined;
    if (alone !== undefined) {
      if (this.#kept) return this.text;
      const collection = (isList(alone) && !(alone instanceof Tuple)) || isMapping(alone);
      if (typeof alone === 'boolean' || (collection && literalSafe(alone))) return alone;
    }
    const printed = this.text;
    const first = printed.charCodeAt(0);
    if (first !== BRACE && first !== BRACKET && printed !== 'True' && printed !== 'False') {
      return printed;
    }
    const value = literal(printed);
    return value === undefined ? printed : value;
  }
}

const BRACE = 0x7b;
const BRACKET = 0x5b;

/** Whether reading a value's printed form gives the value itself, so that this need not be done. */
function literalSafe(value: Val): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof Float) return Number.isFinite(value.n);
  if (value instanceof Unknown || value instanceof Secret || isLazy(value)) return true;
  if (isList(value)) return value.every(literalSafe);
  if (value instanceof Special && !(value instanceof Dict)) return false;
  return isMapping(value) && entriesOf(value).every(([, item]) => literalSafe(item));
}
