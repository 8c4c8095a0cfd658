import { contains } from '../compare.ts';
import type { Given, Test } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, type Val } from '../values.ts';

/** The scheme of an address and whether it names a host; a text without a scheme has an empty one. */
function parts(value: Val): { scheme: string; host: boolean } | undefined {
  if (!isText(value)) return undefined;
  const found = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(\/\/[^/?#]+)?/.exec(text(value));
  return { scheme: (found?.[1] ?? '').toLowerCase(), host: found?.[2] !== undefined };
}

const fits = (scheme: string, given: Given): boolean => {
  const schemes = given.get('schemes');
  return schemes === undefined || schemes === null || contains(schemes, scheme);
};

/** Tests of addresses on the web. */
export const ADDRESSES: Readonly<Record<string, Test>> = {
  uri: {
    params: ['schemes'],
    holds: (value, given) => {
      const found = parts(value);
      return found !== undefined && fits(found.scheme, given);
    },
  },
  url: {
    params: ['schemes'],
    holds: (value, given) => {
      const found = parts(value);
      if (!found || !fits(found.scheme, given)) return false;
      return found.host || found.scheme === 'file';
    },
  },
  urn: { params: [], holds: (value) => parts(value)?.scheme === 'urn' },
};
