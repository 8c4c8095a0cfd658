/** In which forms a text may be written as a YAML scalar. */
export interface Analysis {
  readonly multiline: boolean;
  readonly plainInBlock: boolean;
  readonly plainInFlow: boolean;
  readonly single: boolean;
}

const BREAK = /[\n\x85\u2028\u2029]/;
/** Texts that YAML 1.1 would read as something else. */
const MEANS =
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|~|null|Null|NULL|<<|=|[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

/** Looks at a text as libyaml does. `plain` when it is no text and so means itself. */
export function analyze(text: string, plain: boolean, ascii: boolean): Analysis {
  if (text === '') {
    return { multiline: false, plainInBlock: false, plainInFlow: false, single: true };
  }
  const special = ascii ? /[^\n\x20-\x7e]/.test(text) : unprintable(text);
  const multiline = BREAK.test(text);
  const edges = /^[ \n\x85\u2028\u2029]|[ \n\x85\u2028\u2029]$/.test(text);
  const spaceBreak = / [\n\x85\u2028\u2029]/.test(text);
  const breakSpace = /[\n\x85\u2028\u2029] /.test(text);
  const never =
    multiline || edges || spaceBreak || breakSpace || special || (!plain && MEANS.test(text));
  return {
    multiline,
    plainInBlock: !never && !blockIndicators(text),
    plainInFlow: !never && !flowIndicators(text) && !blockIndicators(text),
    single: !spaceBreak && !breakSpace && !special,
  };
}

/** Whether a text has characters that only stand in double quotes: line breaks are not among them. */
const unprintable = (text: string): boolean =>
  /(?![\n\x85])\p{Cc}|[\ufeff\ufffe\uffff]|\p{Cs}/u.test(text);

const blockIndicators = (text: string): boolean =>
  /^(?:---|\.\.\.)/.test(text) ||
  /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:[\s\0]|$)|:(?:[\s\0]|$)|\s#/.test(text);

const flowIndicators = (text: string): boolean => /^[?:]|[,?[\]{}:]/.test(text);
