import { OrchError } from '../../lib/errors.ts';
import type { BusValue } from './busctl-text.ts';

/** What `dbus-send --print-reply` prints of a zone's settings, behind its first line, begins so. */
export const DBUS_SEND = '   array [\n';

const ENTRY = / {6}dict entry\(\n {9}string "([a-z_]+)"\n {9}variant {13}([^]*?)\n {6}\)(?:\n|$)/y;

/**
 * The settings of a zone as `dbus-send --print-reply` prints them: a dictionary of texts, numbers, booleans and lists of texts
 * or of structs of texts. It escapes nothing: a text that spells the end of its own entry is not told from that end, and is refused
 * like all else that has another form. Throws REPLY_UNREADABLE.
 */
export function readDbusSend(text: string): { readonly [key: string]: BusValue } {
  if (!text.startsWith(DBUS_SEND)) throw unreadable(text);
  const found: [string, BusValue][] = [];
  const pattern = new RegExp(ENTRY);
  let at = DBUS_SEND.length;
  for (;;) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) break;
    const [whole, key = '', value = ''] = match;
    found.push([key, valueOf(value)]);
    at += whole.length;
  }
  if (text.slice(at).trimEnd() !== '   ]') throw unreadable(text.slice(at));
  return Object.fromEntries(found);
}

function valueOf(text: string): BusValue {
  if (text === 'boolean true') return true;
  if (text === 'boolean false') return false;
  const [, string] = /^string "([^]*)"$/.exec(text) ?? [];
  if (string !== undefined) return string;
  const [, number] = /^u?int(?:16|32|64) (-?\d+)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  const lines = text.split('\n');
  if (lines[0] !== 'array [' || lines.at(-1) !== '            ]') throw unreadable(text);
  return itemsOf(lines.slice(1, -1));
}

const WORD = /^ {15}string "(.*)"$/;
const INNER = /^ {18}string "(.*)"$/;

function itemsOf(lines: readonly string[]): readonly BusValue[] {
  const items: BusValue[] = [];
  let struct: string[] | undefined;
  for (const line of lines) {
    const [, word] = (struct ? INNER : WORD).exec(line) ?? [];
    if (word !== undefined) (struct ?? items).push(word);
    else if (!struct && line === '               struct {') struct = [];
    else if (struct && line === '               }') {
      items.push(struct);
      struct = undefined;
    } else throw unreadable(line);
  }
  if (struct) throw unreadable('struct');
  return items;
}

const unreadable = (text: string): OrchError =>
  new OrchError(
    'REPLY_UNREADABLE',
    `dbus-send answered in a form orch does not understand: ${JSON.stringify(text.slice(0, 120))}`,
  );
