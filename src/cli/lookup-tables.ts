import { rowsOf } from '../lib/csv.ts';
import { OrchError } from '../lib/errors.ts';
import { matcher } from '../lib/matcher.ts';
import type { Value, ValueMap } from '../model/value.ts';
import { findFile, readText, textOf, type Asking, type Lookup } from './search-path.ts';

/** A term such as `key file=x.csv col=1`: its first words, and the options behind them. */
function parts(term: string): { key: string; options: ReadonlyMap<string, string> } {
  const options = new Map<string, string>();
  const key = term.replace(
    /(?:^|\s)(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*))/g,
    (_, name: string, double?: string, single?: string, bare?: string) => {
      options.set(name, double ?? single ?? bare ?? '');
      return '';
    },
  );
  return { key: key.trim(), options };
}

type Option = (name: string) => string | undefined;

function optionsOf(term: string, given: ValueMap): { key: string; option: Option } {
  const { key, options } = parts(term);
  return {
    key,
    option: (name) => options.get(name) ?? (given[name] == null ? undefined : textOf(given[name])),
  };
}

function open(name: string, what: string, asking: Asking): string {
  const path = findFile(name, 'files', asking);
  if (path !== undefined) return readText(path);
  throw new OrchError('FILE_NOT_FOUND', `The lookup "${what}" finds no ${name}.`, {
    hint: 'It is looked for in files/ and beside the playbook and the role.',
  });
}

/** A cell of a table: of the row whose first cell is the term. */
export const csvFile: Lookup = (terms, given, asking) =>
  terms.flatMap((term): Value[] => {
    const { key, option } = optionsOf(textOf(term), given);
    const delimiter = option('delimiter') ?? 'TAB';
    const table = rowsOf(open(option('file') ?? 'ansible.csv', 'csvfile', asking), {
      delimiter: delimiter === 'TAB' || delimiter === '\\t' ? '\t' : delimiter,
    });
    const column = Number(option('col') ?? 1);
    const row = table.find(([first]) => first === key);
    const cell = row?.[column];
    if (row && cell === undefined) {
      throw new OrchError('TEMPLATE_FAILED', `The table has no column ${column} for "${key}".`);
    }
    const usual = option('default');
    return cell !== undefined ? [cell] : usual === undefined ? [] : [usual];
  });

/** The values of an INI file, section by section; of a properties file under an empty section. */
function sections(
  text: string,
  properties: boolean,
  fold: (key: string) => string,
): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  let last: string | undefined;
  if (properties) found.set('java_properties', current);
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]+)\]/.exec(line);
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    if (header) {
      current = found.get(header[1] ?? '') ?? new Map<string, string>();
      found.set(header[1] ?? '', current);
      last = undefined;
    } else if (/^\s/.test(line) && last !== undefined) {
      current.set(last, `${current.get(last) ?? ''}\n${line.trim()}`);
    } else {
      const [, key = line, value = ''] = /^([^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
      last = fold(key.trim());
      current.set(last, value.trim());
    }
  }
  return found;
}

/** `%(name)s` is the value of another key of the section, `%%` a percent sign. */
function interpolated(
  value: string,
  values: ReadonlyMap<string, string> | undefined,
  fold: (key: string) => string,
  depth = 0,
): string {
  if (depth > 10) throw new OrchError('TEMPLATE_FAILED', `"${value}" refers to itself.`);
  return value.replace(/%%|%\(([^)]+)\)s/g, (written, name: string | undefined) => {
    if (name === undefined) return '%';
    const other = values?.get(fold(name));
    if (other === undefined)
      throw new OrchError('TEMPLATE_FAILED', `${written} names a key that is not there.`, {
        hint: 'Write %% for a percent sign, or interpolation=false.',
      });
    return interpolated(other, values, fold, depth + 1);
  });
}

/** Values of an INI or properties file, by key or with re=True by a pattern for keys. */
export const iniFile: Lookup = (terms, given, asking) =>
  terms.flatMap((term): Value[] => {
    const { key, option } = optionsOf(textOf(term), given);
    const flag = (name: string): boolean => /^(?:true|yes|1)$/i.test(option(name) ?? '');
    const properties = option('type') === 'properties';
    const fold = flag('case_sensitive') ? (k: string) => k : (k: string) => k.toLowerCase();
    const file = option('file') ?? 'ansible.ini';
    const all = sections(open(file, 'ini', asking), properties, fold);
    const section = properties ? 'java_properties' : (option('section') ?? 'global');
    const own = all.get(section);
    const values = own && new Map([...(all.get('DEFAULT') ?? []), ...own]);
    const raw = option('interpolation') !== undefined && !flag('interpolation');
    const valueOf = (name: string): string | undefined => {
      const value = values?.get(name);
      return value === undefined || raw ? value : interpolated(value, values, fold);
    };
    const usual = option('default');
    if (!values) {
      if (usual !== undefined) return [usual];
      throw new OrchError('TEMPLATE_FAILED', `${file} has no section "${section}".`);
    }
    if (flag('re')) {
      const fits = matcher(key, 'the key', { fromStart: true });
      return [...values.keys()].filter(fits).map((name) => valueOf(name) ?? '');
    }
    return [valueOf(fold(key)) ?? usual ?? ''];
  });
