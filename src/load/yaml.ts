import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { isTemplate, type Entry, type MapTree, type ScalarTree, type Tree } from '../model/tree.ts';
import { isVaulted, type Vault } from '../model/vault.ts';
import { reindented } from './quoted-lines.ts';
import { plainTree } from './scalar.ts';
import { DEEPEST, isTooDeep } from './yaml-depth.ts';
import { quickTree } from './yaml-quick.ts';
import { QUOTE_HINT, syntaxErrors, type Lines } from './yaml-errors.ts';

/** Values a file may hold, aliases followed: more is an attack or an accident ("billion laughs"). */
const MOST_VALUES = 1_000_000;
/**
 * The values of a YAML (or JSON) file, each with the place where it was written; nothing when the file
 * holds nothing. YAML 1.1 as Ansible reads it; keys become strings as written; anchors, aliases and `<<`
 * work. Encrypted values, and files that are encrypted as a whole, are opened by `vault`; text of a whole file is
 * secret. Throws OrchErrors (YAML_SYNTAX, KEYWORD_UNSUPPORTED, VAULT_*) with everything that is wrong with the file.
 */
export function parseYaml(file: string, text: string, vault?: Vault): Tree | undefined {
  const start = { file, line: 1, column: 1 };
  const sealed = vault !== undefined && isVaulted(text);
  const open = sealed ? vault.open(text, start) : text;
  const tree = parseText(file, open.startsWith('\u{feff}') ? open.slice(1) : open, vault);
  return tree && sealed ? secretly(tree, vault) : tree;
}

/** A tree all of whose texts are secret. */
function secretly(tree: Tree, vault: Vault): Tree {
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item) => secretly(item, vault)) };
  if (tree.kind === 'map') {
    const entries = tree.entries.map((one) => ({ ...one, value: secretly(one.value, vault) }));
    return { ...tree, entries };
  }
  if (tree.secret || typeof tree.value !== 'string') return tree;
  if (!isTemplate(tree)) vault.note(tree.value);
  return { ...tree, secret: true };
}

function parseText(file: string, clean: string, vault: Vault | undefined): Tree | undefined {
  const early = unparsable(file, clean);
  if (early) throw new OrchErrors([early]);
  return quickTree(file, clean) ?? wholeTree(file, clean, vault);
}

/** The tree of a text, whatever is in it. Throws OrchErrors with everything that is wrong with it. */
export function wholeTree(file: string, clean: string, vault?: Vault): Tree | undefined {
  const asWritten = parse(clean);
  const mended = asWritten.errors.length > 0 ? reindented(clean, asWritten, parse) : undefined;
  const { document, text } = mended ?? { document: asWritten, text: clean };
  const lines: Lines = { file, text, at: placesOf(file, text) };
  const reader = new Reader(lines, vault);
  const tree = reader.root(document);
  const errors = syntaxErrors(document, lines, reader.errors);
  if (errors.length > 0) throw new OrchErrors(errors);
  return tree;
}

const parse = (text: string): Document.Parsed =>
  parseDocument(text, {
    version: '1.1',
    // Scalars stay text: what they mean is decided in scalar.ts, where PyYAML's rules are.
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });

/** Offsets to lines and columns. Asked mostly in the order of the text, so it looks on from the last line. */
function placesOf(file: string, text: string): (offset: number) => Source {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  let line = 0;
  return (offset) => {
    if ((starts[line] ?? 0) > offset) line = 0;
    while ((starts[line + 1] ?? Infinity) <= offset) line++;
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function unparsable(file: string, text: string): OrchError | undefined {
  const source = { file, line: 1, column: 1 };
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    return new OrchError('KEYWORD_UNSUPPORTED', `${file} is encrypted with Ansible Vault.`, {
      source,
      hint: 'Encrypted files are not read here.',
    });
  }
  return isTooDeep(text)
    ? new OrchError('YAML_SYNTAX', `${file} is nested more than ${DEEPEST} levels deep.`, {
        source,
        hint: 'Is it what a program wrote by mistake? No playbook or inventory needs as many.',
      })
    : undefined;
}

/** Turns the nodes of one document into trees and collects what is wrong with them. */
class Reader {
  readonly errors: OrchError[] = [];
  readonly #lines: Lines;
  readonly #vault: Vault | undefined;
  readonly #anchors = new Map<string, Tree>();
  readonly #sizes = new WeakMap<Tree, number>();

  constructor(lines: Lines, vault: Vault | undefined) {
    this.#lines = lines;
    this.#vault = vault;
  }

  root({ contents }: Document): Tree | undefined {
    if (contents === null || (isScalar(contents) && isEmpty(contents))) return undefined;
    return this.#node(contents, this.#lines.at(contents.range?.[0] ?? 0));
  }

  /** `fallback` is the place of a value that was left out, such as that of its key. */
  #node(node: Node | null, fallback: Source): Tree {
    if (node === null) return { kind: 'scalar', value: null, source: fallback };
    const source =
      isScalar(node) && isEmpty(node) ? fallback : this.#lines.at(node.range?.[0] ?? 0);
    if (isAlias(node)) return this.#alias(node.source, source);
    const tree = isScalar(node)
      ? this.#scalar(node, source)
      : isSeq(node)
        ? {
            kind: 'list' as const,
            items: node.items.map((item) => this.#node(item as Node | null, source)),
            source,
          }
        : this.#map(node as YAMLMap<Node, Node | null>, source);
    this.#measure(tree);
    if (!isScalar(node)) this.#checkTag(node.tag, source);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, tree);
    return tree;
  }

  #alias(name: string, source: Source): Tree {
    const found = this.#anchors.get(name);
    if (found) return found;
    this.#fail(source, `\`*${name}\` stands for an anchor \`&${name}\` that is not set above.`, {
      hint: `Set &${name} before it is used; if the text is meant, quote it: "*${name}".`,
    });
    return { kind: 'scalar', value: null, source };
  }

  #scalar(node: Scalar, source: Source): ScalarTree {
    const text = String(node.value);
    const tag = node.tag ?? '';
    if (tag === '!unsafe') return { kind: 'scalar', value: text, source, literal: true };
    if (tag === '!vault') {
      if (this.#vault) return this.#vault.scalar(text, this.#tagPlace(tag, source));
      this.#fail(
        this.#tagPlace(tag, source),
        'This value is encrypted with Ansible Vault (`!vault`).',
        {
          code: 'KEYWORD_UNSUPPORTED',
          hint: 'Encrypted values are not read here.',
        },
      );
    } else this.#checkTag(tag, source);
    const plainText =
      tag === '' || tag === '!' ? node.type === 'PLAIN' && tag === '' : tag !== STRING;
    return plainText ? plainTree(text, source) : { kind: 'scalar', value: text, source };
  }

  #checkTag(tag: string | undefined, source: Source): void {
    if (!tag || tag === '!' || tag === '!vault' || tag === '!unsafe' || TAGS.has(tag)) return;
    const shown = tag.replace('tag:yaml.org,2002:', '!!');
    this.#fail(this.#tagPlace(shown, source), `The tag ${shown} means nothing here.`, {
      hint: `If the text is meant, such as a condition, quote it: "${shown} ...".`,
    });
  }

  /** A tag stands before its value, perhaps on the line above. */
  #tagPlace(tag: string, value: Source): Source {
    const rows = this.#lines.text.split('\n');
    for (const line of [value.line, value.line - 1]) {
      const column = (rows[line - 1] ?? '').lastIndexOf(tag);
      if (column >= 0) return { ...value, line, column: column + 1 };
    }
    return value;
  }

  #map(node: YAMLMap<Node, Node | null>, source: Source): MapTree {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const pair of node.items) {
      const keySource = this.#lines.at(pair.key.range?.[0] ?? 0);
      const key = this.#key(pair.key, keySource);
      const value = this.#node(pair.value, keySource);
      if (key === undefined) continue;
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        // Of a list the first wins, so it comes last.
        merged.push(...(value.kind === 'list' ? value.items.toReversed() : [value]));
        continue;
      }
      const first = entries.get(key);
      if (first) {
        this.#fail(
          keySource,
          `"${key}" is set twice in the same map, first on line ${first.keySource.line}.`,
          {
            hint: 'Keep one of the two; a YAML map has each key once.',
          },
        );
      } else entries.set(key, { key, keySource, value });
    }
    if (merged.length === 0) return { kind: 'map', entries: [...entries.values()], source };
    // As in PyYAML what is merged comes first; a key of the map itself keeps the place it has there.
    const all = new Map<string, Entry>();
    for (const from of merged) this.#merge(from, all, source);
    for (const one of entries.values()) all.set(one.key, one);
    return { kind: 'map', entries: [...all.values()], source };
  }

  #merge(from: Tree, into: Map<string, Entry>, at: Source): void {
    if (from.kind !== 'map') {
      this.#fail(at, 'The merge key `<<` needs a map, or a list of maps.', {
        hint: 'Write `<<: *name` where `&name` marks a map.',
      });
      return;
    }
    for (const one of from.entries) into.set(one.key, one);
  }

  #key(node: Node, source: Source): string | undefined {
    if (isScalar(node))
      return node.value === '' && node.type === 'PLAIN' ? 'null' : String(node.value);
    if (isAlias(node)) {
      const target = this.#alias(node.source, source);
      if (target.kind === 'scalar') return String(target.value);
    }
    const start = node.range?.[0] ?? 0;
    const braces = [start - 1, start].find(
      (at) => at >= 0 && this.#lines.text.startsWith('{{', at),
    );
    if (braces !== undefined && isMap(node)) {
      this.#fail(this.#lines.at(braces), TEMPLATE_UNQUOTED, { hint: QUOTE_HINT });
    } else this.#fail(source, 'A list or map cannot be a key.', { hint: 'Keys are plain words.' });
    return undefined;
  }

  #measure(tree: Tree): void {
    let size = 1;
    const inner = tree.kind === 'list' ? tree.items : tree.kind === 'map' ? tree.entries : [];
    for (const one of inner)
      size += this.#sizes.get('value' in one && 'key' in one ? one.value : one) ?? 1;
    this.#sizes.set(tree, size);
    if (size <= MOST_VALUES) return;
    throw new OrchErrors([
      new OrchError('YAML_SYNTAX', `Aliases multiply this to more than ${MOST_VALUES} values.`, {
        source: tree.source,
        hint: 'Use fewer aliases of aliases.',
      }),
    ]);
  }

  #fail(
    source: Source,
    message: string,
    more: { hint: string; code?: 'KEYWORD_UNSUPPORTED' },
  ): void {
    this.errors.push(
      new OrchError(more.code ?? 'YAML_SYNTAX', message, { source, hint: more.hint }),
    );
  }
}

const STRING = 'tag:yaml.org,2002:str';
const TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
const TEMPLATE_UNQUOTED = 'A value that starts with `{{` is not quoted: YAML reads it as a map.';

const isEmpty = (node: Scalar): boolean =>
  node.value === '' &&
  node.type === 'PLAIN' &&
  (node.tag === undefined || node.tag === 'tag:yaml.org,2002:null');
