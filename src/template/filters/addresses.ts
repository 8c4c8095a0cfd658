import { failure } from '../faults.ts';
import type { Filter } from '../runtime.ts';
import { text } from '../text.ts';
import { dict, entriesOf, isMapping, own, type Val } from '../values.ts';
import { escapeHtml, urlize } from './urlize.ts';

/** The parts of an address, as Python's urlsplit names them, in the order Ansible lists them. */
function urlParts(url: string): readonly (readonly [string, Val])[] {
  const [, scheme = '', netloc, path = '', query = '', fragment = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
      url.replace(/^[\0- ]+|[\t\r\n]/g, ''),
    ) ?? [];
  const [, user, password, host = '', port] =
    /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(netloc ?? '') ?? [];
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return [
    ['fragment', fragment],
    ['hostname', name === '' ? null : name],
    ['netloc', netloc ?? ''],
    ['password', password ?? null],
    ['path', path],
    ['port', port === undefined || port === '' ? null : Number(port)],
    ['query', query],
    ['scheme', scheme.toLowerCase()],
    ['username', user ?? null],
  ];
}

/** Filters for the web: addresses, and attributes of HTML. */
export const ADDRESSES: Readonly<Record<string, Filter>> = {
  urlize,
  urlsplit: {
    params: ['query'],
    run: (value, given) => {
      const parts = dict(urlParts(text(value)));
      const wanted = given.optional('query');
      if (wanted === undefined || wanted === '') return parts;
      const found = own(parts, wanted);
      if (found === undefined) {
        const names = entriesOf(parts).map(([name]) => text(name));
        throw failure(`An address has no "${wanted}".`, `Its parts: ${names.join(', ')}.`);
      }
      return found;
    },
  },
  xmlattr: {
    params: ['autospace'],
    run: (value, given) => {
      if (!isMapping(value)) throw failure('The filter "xmlattr" needs a map.');
      const written = entriesOf(value)
        .filter(([, item]) => item !== null)
        .map(([key, item]) => `${escapeHtml(text(key))}="${escapeHtml(text(item))}"`)
        .join(' ');
      return written !== '' && given.flag('autospace', true) ? ` ${written}` : written;
    },
  },
};
