/** Levels a text may have: at some more, whoever walks its tree would run out of stack. */
export const DEEPEST = 200;

const FAR_RIGHT = new RegExp(`^[ -]{${DEEPEST}}`, 'm');

/** Whether a YAML text has more levels than that, told before it is parsed: by its brackets, dashes and indentation. */
export const isTooDeep = (text: string): boolean =>
  inBrackets(text) > DEEPEST || inSteps(text) > DEEPEST;

/** How many brackets are open at once at the most, or dashes stand in a row. */
function inBrackets(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [mark] of text.matchAll(/[[{\]}]|(?:- ){200}/g)) {
    depth = mark.length > 1 ? DEEPEST + 1 : depth + (mark === '[' || mark === '{' ? 1 : -1);
    most = Math.max(most, depth);
    if (most > DEEPEST) break;
  }
  return most;
}

/** How many steps to the right lead to a line at the most, dashes counted; asked only where lines stand that far right. */
function inSteps(text: string): number {
  if (!FAR_RIGHT.test(text)) return 0;
  const open: number[] = [];
  let most = 0;
  for (const [lead = ''] of text.matchAll(/^(?: |- )*(?=[^ \n#])/gm)) {
    const columns = [...lead.matchAll(/-/g)].map(({ index }) => index);
    for (const column of [...columns, lead.length]) {
      while ((open.at(-1) ?? -1) >= column) open.pop();
      open.push(column);
    }
    most = Math.max(most, open.length);
  }
  return most;
}
