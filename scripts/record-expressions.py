#!/usr/bin/env python3
"""Makes expressions at random and asks the real Jinja2, with ansible-core's filters and tests, what they give.

    apt-get install ansible && python3 scripts/record-expressions.py [COUNT]

Writes test/fixtures/expressions/recorded.json, the same at each run; needs ansible-core 2.14 and Jinja2 3.1. Each case is
[expression, value], or [expression] where Jinja2 raises. test/contract/expressions.test.ts compares orch with them.
"""
import copy
import json
import os
import random
import sys
import types
import warnings

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

warnings.simplefilter('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, '../test/fixtures/expressions/recorded.json')
VARS = {
    'i': 7, 'j': -3, 'z': 0, 'f': 2.5, 'g': -0.25, 't': True, 'n': None, 'e': '',
    's': 'Hello, World', 'w': 'alpha beta  gamma', 'num': '42', 'u': 'näïve ß', 'p': '/etc/ssh/sshd_config.d',
    'l': [3, 1, 2], 'm': ['b', 'a', 'C', 'a'], 'k': [], 'mix': [1, 'x', None, True, 2.5], 'nest': [[1, 2], [3], []],
    'd': {'a': 1, 'b': 2}, 'dd': {'x': {'y': [1, {'z': 'deep'}]}, 'k': 'v'}, 'o': {},
    'us': [{'n': 'ann', 'id': 3, 'g': ['w', 'a']}, {'n': 'bob', 'id': 1, 'g': []}, {'n': 'Cyd', 'id': 2, 'adm': True}],
}
R = random.Random(20261126)


def pick(*options):
    return R.choice(options)


def number(depth):
    if depth <= 0:
        return pick('i', 'j', 'z', 'f', 'g', '0', '1', '2', '10', '3.0', '0.5', '-1')
    a, b = number(depth - 1), number(depth - 1)
    return pick(
        lambda: f'({a} {pick("+", "-", "*", "/", "//", "%")} {b})',
        lambda: f'-{a}' if not a.startswith('-') else a,
        lambda: f'{a} {pick("+", "-", "*")} {b}',
        lambda: f'{sequence(depth - 1)} | {pick("length", "count", "sum", "first", "last", "min", "max")}',
        lambda: f'{a} | {pick("abs", "int", "float", "round", "round(1)")}',
        lambda: f'{text(depth - 1)} | {pick("int", "float", "length", "wordcount", "int(5)", "int(base=16)")}',
        lambda: f'{text(depth - 1)}.{pick("find", "count")}({text(0)})',
        lambda: f'({boolean(depth - 1)}) | ternary({a}, {b})',
        lambda: f'({a} if {boolean(depth - 1)} else {b})',
        lambda: f'{mapping(depth - 1)}.{pick("a", "b", "nope")} | default({b})',
        lambda: f'({a}) ** 2',
        lambda: f'{numbers()}[{pick("0", "1", "-1", "5")}]',
    )()


def numbers():
    return pick('l', '[1, 5, 3]', '(l + [9])', 'range(4) | list', 'l | sort', 'l[::-1]')


def text(depth):
    if depth <= 0:
        return pick('s', 'w', 'num', 'u', 'p', 'e', "'a'", "'o'", "'Ab c'", '"x-y"', "'%s-%d'", "'a,b,,c'")
    a, b = text(depth - 1), text(depth - 1)
    return pick(
        lambda: f'({a} ~ {pick(b, number(depth - 1))})',
        lambda: f'({a} + {b})',
        lambda: f'{a} | {pick("upper", "lower", "title", "capitalize", "trim", "reverse", "string", "quote", "basename", "dirname")}',
        lambda: f'{a} | {pick("b64encode", "hash", "urlencode", "escape", "striptags", "to_json", "comment", "center(14)")}',
        lambda: f'{a} | replace({text(0)}, {text(0)})',
        lambda: f'''{a}.{pick("upper()", "lower()", "strip()", "title()", "swapcase()", "lstrip('H')", "zfill(6)", "capitalize()")}''',
        lambda: f'{a}.replace({text(0)}, {text(0)})',
        lambda: f'({a})[{pick("0", "-1", "1:3", ":2", "::2", "-3:", "::-1", "99")}]',
        lambda: f'{sequence(depth - 1)} | join({pick("", text(0))})',
        lambda: f'({boolean(depth - 1)}) | ternary({a}, {b})',
        lambda: f'({a} if {boolean(depth - 1)} else {b})',
        lambda: f"{a} | regex_replace({pick(chr(39) + '[aeiou]' + chr(39), chr(39) + '(l+)' + chr(39))}, {pick(chr(39) + '_' + chr(39), chr(39) + '<' + chr(92) * 2 + '1>' + chr(39))})",
        lambda: f'{pick(number(depth - 1), sequence(depth - 1), mapping(depth - 1), boolean(depth - 1))} | {pick("string", "to_json", "type_debug")}',
        lambda: f"'{pick('%s', '%d', '%.2f', '%5s|', '%-6s|', '%03d', '%x')}' % {pick(number(depth - 1), text(0))}",
        lambda: f"'{pick('{}', '{0}-{0}', '{:>8}', '{:<6}|', '{!r}', '{:05}')}'.format({pick(number(0), a)})",
        lambda: f'{a} | truncate({pick("5", "7, true", "6, true, chr")})'.replace(', chr', ", '~'"),
        lambda: f'{a} | default({b}, {pick("true", "false")})',
        lambda: f'{a} | indent({pick("2", "2, true")})',
        lambda: f'{sequence(depth - 1)} | {pick("first", "last")}',
        lambda: f"us[{pick('0', '1', '-1')}].{pick('n', 'id', 'nope')}",
    )()


def boolean(depth):
    if depth <= 0:
        return pick('t', 'true', 'false', 'n', 'z', 'e', 'k', 'l', 'nope is defined', 'i is defined')
    a, b = pick((number, number), (text, text), (number, text), (sequence, sequence))
    x, y = a(depth - 1), b(depth - 1)
    return pick(
        lambda: f'{x} {pick("==", "!=")} {y}',
        lambda: f'{number(depth - 1)} {pick("<", "<=", ">", ">=")} {number(depth - 1)}',
        lambda: f'{text(depth - 1)} {pick("<", ">", "<=")} {text(depth - 1)}',
        lambda: f'{number(0)} < {number(0)} <= {number(0)}',
        lambda: f'{pick(text(0), number(0))} {pick("in", "not in")} {pick(sequence(depth - 1), text(depth - 1), mapping(0))}',
        lambda: f'({boolean(depth - 1)} {pick("and", "or")} {boolean(depth - 1)})',
        lambda: f'not {boolean(depth - 1)}',
        lambda: f'({pick(x, "n", "nope")}) is {pick("", "not ")}{pick("none", "string", "number", "mapping", "sequence", "iterable", "boolean", "integer", "float", "defined", "undefined", "truthy", "falsy")}',
        lambda: f'({number(depth - 1)}) is {pick("even", "odd", "divisibleby 3", "gt 2", "eq 7", "sameas 1", "in l")}',
        lambda: f"({text(depth - 1)}) is {pick('match', 'search', 'regex')}('{pick('a', 'Hel', 'o', '^.l', '[0-9]+', 'x$')}')",
        lambda: f'{sequence(depth - 1)} is {pick("subset", "superset", "contains")}({pick("l", "[1]", "m", "1")})',
        lambda: f"({text(depth - 1)}) | bool",
        lambda: f'{sequence(depth - 1)} is {pick("any", "all")}',
        lambda: f"'{pick('1.2', '1.10', '2.0.1')}' is version('{pick('1.2', '1.9', '2')}', '{pick('>', '<', '==', 'ge')}')",
        lambda: f'{text(depth - 1)}.{pick("startswith", "endswith")}({text(0)})',
        lambda: f'{text(depth - 1)}.{pick("isdigit", "isalpha", "isupper", "islower", "isspace")}()',
    )()


def sequence(depth):
    if depth <= 0:
        return pick('l', 'm', 'k', 'mix', 'nest', '[1, 2]', "['a', 'b']", 'l + m')
    a, b = sequence(depth - 1), sequence(depth - 1)
    return pick(
        lambda: f'[{pick(number(depth - 1), text(depth - 1))}, {pick(text(depth - 1), boolean(depth - 1))}]',
        lambda: f'({a} + {b})',
        lambda: f'({a}) * 2',
        lambda: f'({a})[{pick("1:", ":1", "::2", "-2:", "::-1", "1:9")}]',
        lambda: f'{a} | {pick("sort", "unique", "reverse | list", "flatten", "list", "sort(reverse=true)", "sort(case_sensitive=true)")}',
        lambda: f'{a} | {pick("union", "intersect", "difference", "symmetric_difference")}({b})',
        lambda: f"{a} | map('{pick('string', 'int', 'upper', 'length', 'default', 'type_debug')}') | list",
        lambda: f"{a} | {pick('select', 'reject')}('{pick('number', 'string', 'defined', 'odd', 'truthy', 'none')}') | list",
        lambda: f"us | map(attribute='{pick('n', 'id', 'nope')}') | list",
        lambda: f"us | map(attribute='{pick('adm', 'g', 'g.0')}', default={pick('0', 'n', 'e')}) | list",
        lambda: f"us | {pick('selectattr', 'rejectattr')}('{pick('adm', 'id', 'n')}', '{pick('defined', 'undefined')}') | map(attribute='n') | list",
        lambda: f"us | sort(attribute='{pick('n', 'id')}') | map(attribute='id') | list",
        lambda: f"us | selectattr('id', '{pick('gt', 'eq', 'le', '==', '>')}', {pick('1', '2')}) | map(attribute='n') | list",
        lambda: f'{mapping(depth - 1)} | {pick("dict2items", "list", "dictsort", "items | list")}',
        lambda: f'{mapping(depth - 1)}.{pick("keys", "values", "items")}() | list',
        lambda: f'{text(depth - 1)}.split({pick("", text(0), chr(39) + "," + chr(39))})',
        lambda: f"{text(depth - 1)} | {pick('list', 'split', 'split(chr)', 'regex_findall(pat)')}".replace('chr', "' '").replace('pat', "'[a-l]+'"),
        lambda: f'{a} | zip({b}) | list',
        lambda: f'{a} | {pick("batch(2)", "slice(2)", "product([1, 2])", "permutations(2)", "combinations(2)")} | list',
        lambda: f"us | groupby('{pick('id', 'n')}') | list",
        lambda: f'range({pick("3", "1, 4", "5, 0, -2", "i")}) | list',
        lambda: f'{text(depth - 1)} | {pick("splitext", "urlsplit | dictsort", "from_json", "from_yaml")}',
    )()


def mapping(depth):
    if depth <= 0:
        return pick('d', 'dd', 'o', "{'a': 9}", "{'k': [1]}", 'us[0]')
    a, b = mapping(depth - 1), mapping(depth - 1)
    return pick(
        lambda: f"{{'q': {pick(number(depth - 1), text(depth - 1))}, {text(0)}: {sequence(depth - 1)}}}",
        lambda: f'{a} | combine({b}{pick("", ", recursive=true", ", recursive=true, list_merge=" + chr(39) + "append" + chr(39))})',
        lambda: f"dict({pick(a, 'd | dictsort', 'a=1')}, {pick('c=3', 'a=' + number(0))})",
        lambda: f'{a} | dict2items | {pick("items2dict", "rejectattr(chr, chr2, 1) | items2dict")}'.replace('chr2', "'eq'").replace('chr', "'value'"),
        lambda: f'dict(m | zip({sequence(depth - 1)}))',
        lambda: f'{a} | to_json | from_json',
    )()


def anything():
    depth = R.choice([1, 1, 2, 2, 3])
    return R.choice([number, number, text, text, boolean, boolean, sequence, sequence, mapping])(depth)


def plain(value):
    """JSON of a result: tuples and iterators are lists."""
    if isinstance(value, dict):
        return {k if isinstance(k, str) else str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, types.GeneratorType)) or hasattr(value, '__next__'):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if type(value).__name__ in ('dict_keys', 'dict_values', 'dict_items', 'zip', 'range', 'reversed'):
        return [plain(v) for v in value]
    if 'Undefined' in type(value).__name__:
        raise ValueError('undefined')
    return str(value)


def fits(value):
    """Whether JSON, and JavaScript's numbers, hold it as it is."""
    if isinstance(value, dict):
        return all(fits(v) for v in value.values())
    if isinstance(value, list):
        return all(fits(v) for v in value)
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) < 2 ** 53
    if isinstance(value, float):
        return value == value and abs(value) < 1e15
    # How Python shows an object, or an undefined value, is no value.
    return ' object at 0x' not in value and 'Undefined' not in value


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    templar = Templar(DataLoader(), variables=VARS)
    env = templar.environment
    names = dict(env.globals)
    seen, cases = set(), []
    while len(cases) < count:
        text = anything()
        if text in seen or len(text) > 160:
            continue
        seen.add(text)
        # Some filters change what they are given in place.
        names.update(copy.deepcopy(VARS))
        try:
            value = plain(env.compile_expression(text, undefined_to_none=False)(**names))
        except Exception:
            # What fails is compared too, but is to be the smaller part.
            if R.random() < 0.25:
                cases.append([text])
            continue
        encoded = json.dumps(value, ensure_ascii=False)
        if fits(value) and len(encoded) < 300:
            cases.append([text, value])
    with open(OUT, 'w', encoding='utf-8') as out:
        out.write('{"vars": ' + json.dumps(VARS, ensure_ascii=False) + ',\n"cases": [\n')
        out.write(',\n'.join(json.dumps(case, ensure_ascii=False) for case in cases))
        out.write('\n]}\n')


main()
