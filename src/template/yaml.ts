import { wrongType } from './faults.ts';
import { byKey } from './json.ts';
import { Moment } from './moment.ts';
import { text } from './text.ts';
import { Emitter } from './yaml-emitter.ts';
import { analyze } from './yaml-scalar.ts';
import {
  entriesOf,
  Float,
  isFloat,
  isList,
  isMapping,
  isText,
  known,
  numberOf,
  type Val,
} from './values.ts';

/** How YAML is to be written: which collections stand in one line, in brackets. */
export interface YamlStyle {
  readonly indent: number;
  /** Where long lines are folded; left out: nowhere. */
  readonly width?: number;
  readonly sortKeys: boolean;
  readonly flow: 'all' | 'leaves' | 'none';
  readonly explicitStart?: boolean;
  readonly ascii?: boolean;
}

/** A value as YAML, byte for byte as Ansible writes it (PyYAML with libyaml). */
export function yaml(value: Val, style: YamlStyle): string {
  const emitter = new Emitter(
    style.indent,
    style.width ?? Number.MAX_SAFE_INTEGER,
    style.ascii === true,
  );
  if (style.explicitStart) emitter.indicator('---', true);
  node(known(value), { emitter, style, flow: false, mapping: false });
  return emitter.end();
}

/** Where a node stands. */
interface Place {
  readonly emitter: Emitter;
  readonly style: YamlStyle;
  /** Inside brackets. */
  readonly flow: boolean;
  /** As the value of a key. */
  readonly mapping: boolean;
}

const isCollection = (value: Val): boolean => isList(value) || isMapping(value);

const children = (value: Val): readonly Val[] =>
  isList(value)
    ? value
    : isMapping(value)
      ? entriesOf(value).flatMap(([key, item]) => [key, item])
      : [];

function inFlow(value: Val, { style, flow }: Place): boolean {
  const inside = children(value);
  if (flow || style.flow === 'all' || inside.length === 0) return true;
  return style.flow === 'leaves' && !inside.some(isCollection);
}

function node(value: Val, place: Place): void {
  const { emitter } = place;
  if (!isCollection(value)) {
    const { body, plain } = scalar(value);
    emitter.scalar(body, analyze(body, plain, place.style.ascii === true), {
      flow: place.flow,
      key: false,
    });
  } else if (inFlow(value, place)) flow(value, place);
  else if (isList(value)) sequence(value, place);
  else block(value, place);
}

function sequence(items: readonly Val[], place: Place): void {
  const { emitter } = place;
  emitter.deeper(false, place.mapping && !emitter.indention, () => {
    for (const item of items) {
      emitter.writeIndent();
      emitter.indicator('-', true, true);
      node(known(item), { ...place, mapping: false });
    }
  });
}

function block(value: Val, place: Place): void {
  const { emitter } = place;
  emitter.deeper(false, false, () => {
    for (const [key, item] of entries(value, place.style)) {
      emitter.writeIndent();
      writeKey(key, place, false);
      node(known(item), { ...place, mapping: true });
    }
  });
}

function flow(value: Val, place: Place): void {
  const { emitter, style } = place;
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  emitter.indicator(open, true);
  const inside = { ...place, flow: true, mapping: false };
  const all: readonly (readonly [Val | undefined, Val])[] = isList(value)
    ? value.map((item) => [undefined, item] as const)
    : entries(value, style);
  emitter.deeper(true, false, () => {
    for (const [i, [key, item]] of all.entries()) {
      if (i > 0) emitter.indicator(',', false);
      if (emitter.full) emitter.writeIndent();
      if (key !== undefined) writeKey(key, inside, true);
      node(known(item), inside);
    }
  });
  emitter.indicator(close, false);
}

const LONGEST_KEY = 128;

function writeKey(key: Val, place: Place, inFlowMap: boolean): void {
  const { emitter, style } = place;
  const { body, plain } = scalar(key);
  const analysis = analyze(body, plain, style.ascii === true);
  if (analysis.multiline || body.length > LONGEST_KEY) {
    emitter.indicator('?', true, !inFlowMap);
    emitter.scalar(body, analysis, { flow: inFlowMap, key: false });
    emitter.writeIndent();
    emitter.indicator(':', true, !inFlowMap);
    return;
  }
  emitter.scalar(body, analysis, { flow: inFlowMap, key: true });
  emitter.indicator(':', false);
}

function entries(value: Val, style: YamlStyle): readonly (readonly [Val, Val])[] {
  if (!isMapping(value)) return [];
  const all = entriesOf(value);
  return style.sortKeys ? byKey(all) : all;
}

/** A scalar as it is written, and whether it means itself without quotes. */
function scalar(value: Val): { body: string; plain: boolean } {
  if (isText(value)) return { body: text(value), plain: false };
  if (value === null) return { body: 'null', plain: true };
  if (typeof value === 'boolean') return { body: String(value), plain: true };
  if (value instanceof Moment) return { body: value.toString(), plain: true };
  if (numberOf(value) === undefined) throw wrongType('YAML', 'plain data', value);
  return {
    body: isFloat(value) || value instanceof Float ? float(text(value)) : text(value),
    plain: true,
  };
}

const float = (word: string): string =>
  ({ inf: '.inf', '-inf': '-.inf', nan: '.nan' })[word] ??
  (word.includes('.') ? word : word.replace('e', '.0e'));
