import { failure } from '../faults.ts';
import type { Filter } from '../runtime.ts';
import { text } from '../text.ts';

const LINK =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const MAIL = /^\S+@\w[\w.-]*\.\w+$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** A text safe to stand in HTML. */
export const escapeHtml = (value: string): string =>
  value.replace(/[&<>'"]/g, (char) => ENTITIES[char] ?? char);

interface Linking {
  readonly limit: number | undefined;
  readonly attributes: string;
}

/** A word with its link, when it is an address; brackets and full stops around it stay outside. */
function word(written: string, { limit, attributes }: Linking): string {
  const head = /^(?:[(<]|&lt;)+/.exec(written)?.[0] ?? '';
  let middle = written.slice(head.length);
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? '';
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    // A closing bracket belongs to the address when its opening one does.
    while (middle.split(open).length > middle.split(close).length && tail.includes(close)) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  const shown =
    limit !== undefined && middle.length > limit ? `${middle.slice(0, limit)}...` : middle;
  if (LINK.test(middle)) {
    const target = /^https?:\/\//.test(middle) ? middle : `https://${middle}`;
    return `${head}<a href="${target}"${attributes}>${shown}</a>${tail}`;
  }
  if (middle.startsWith('mailto:') && MAIL.test(middle.slice(7))) {
    return `${head}<a href="${middle}">${middle.slice(7)}</a>${tail}`;
  }
  if (
    middle.includes('@') &&
    !middle.startsWith('www.') &&
    !middle.includes(':') &&
    MAIL.test(middle)
  ) {
    return `${head}<a href="mailto:${middle}">${middle}</a>${tail}`;
  }
  return written;
}

/** Jinja's filter that makes links of the addresses in a text. */
export const urlize: Filter = {
  params: ['trim_url_limit', 'nofollow', 'target', 'rel', 'extra_schemes'],
  run: (value, given) => {
    if (given.get('extra_schemes') !== undefined) {
      throw failure('urlize() takes no extra_schemes here.', 'Write the link with replace.');
    }
    const rel = new Set((given.optional('rel') ?? '').split(/\s+/).filter(Boolean));
    rel.add('noopener');
    if (given.flag('nofollow')) rel.add('nofollow');
    const target = given.optional('target');
    const attributes =
      ` rel="${escapeHtml([...rel].sort().join(' '))}"` +
      (target === undefined ? '' : ` target="${escapeHtml(target)}"`);
    const limit =
      given.get('trim_url_limit') === undefined ? undefined : given.integer('trim_url_limit');
    const linking = { limit, attributes };
    return escapeHtml(text(value))
      .split(/(\s+)/)
      .map((part) => word(part, linking))
      .join('');
  },
};
