import type { Finding } from '../analyze/finding.ts';
import { OrchError } from '../lib/errors.ts';
import { codeFrame } from '../lib/frame.ts';
import { showSource } from '../lib/source.ts';
import { oneLine } from '../lib/visible.ts';
import type { Files } from '../model/files.ts';

/** What fails for certain, as errors of the files it is in. */
export const asErrors = (findings: readonly Finding[]): readonly OrchError[] =>
  findings
    .filter(({ level }) => level === 'error')
    .map(({ code, message, source, hint }) => new OrchError(code, message, { source, hint }));

/** A warning for people: the sentence, the place with its line, the cure. */
export function warningText({ rule, message, source, hint }: Finding, files: Files): string {
  const place = source ? [`  --> ${oneLine(showSource(source))}`] : [];
  const text = source && textOf(source.file, files);
  const frame = source && text !== undefined ? codeFrame(text, source) : '';
  return [
    `warning[${rule}]: ${oneLine(message)}`,
    ...place,
    ...(frame === '' ? [] : [frame]),
    `  hint: ${oneLine(hint)}`,
    '',
  ].join('\n');
}

function textOf(file: string, files: Files): string | undefined {
  try {
    return files.read(file);
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}
