import { failure } from './faults.ts';
import { Callable, Special, type Val } from './values.ts';

const ENCODINGS: ReadonlyMap<string, BufferEncoding> = new Map([
  ['utf8', 'utf8'],
  ['ascii', 'ascii'],
  ['usascii', 'ascii'],
  ['latin1', 'latin1'],
  ['iso88591', 'latin1'],
  ['utf16le', 'utf16le'],
]);

/** The encoding of a Python name. */
export function encodingOf(name: string): BufferEncoding {
  const found = ENCODINGS.get(name.toLowerCase().replace(/[-_ ]/g, ''));
  if (!found) throw failure(`The encoding "${name}" is not known.`, 'Use utf-8, ascii or latin-1.');
  return found;
}

/** Python's `bytes`: what `encode()` gives and `decode()` takes. */
export class Bytes extends Special {
  readonly type = 'bytes';
  readonly data: Buffer;

  constructor(data: Buffer) {
    super();
    this.data = data;
  }

  static encode(text: string, encoding: string): Bytes {
    return new Bytes(Buffer.from(text, encodingOf(encoding)));
  }

  override toString(): string {
    const body = this.data
      .toString('latin1')
      .replace(/[\\']|[^ -~]/g, (c) =>
        c === '\\' || c === "'" ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
      );
    return `b'${body}'`;
  }

  override attribute(name: string): Val | undefined {
    if (name === 'hex') return new Callable(name, () => this.data.toString('hex'));
    if (name !== 'decode') return undefined;
    return new Callable(name, ({ list: [encoding] }) =>
      this.data.toString(encodingOf(typeof encoding === 'string' ? encoding : 'utf-8')),
    );
  }
}
