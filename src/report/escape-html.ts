import { visible } from '../lib/visible.ts';

/** Text in which nothing is HTML or SVG, and no character is hidden. */
export const escapeHtml = (raw: string): string =>
  visible(raw)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
