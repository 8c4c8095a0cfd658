import type { FromSchema } from 'json-schema-to-ts';
import { type ParamsSchema, type Problem, Refusal } from '../../model/module.ts';
import { isMap, Secret } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from './attributes.ts';
import { EDIT_PARAMS, type Edit } from './edit.ts';
import { type EditModule, editing } from './editing.ts';
import { iniEdited } from './ini-edit.ts';

const params = {
  type: 'object',
  description:
    'Sees to it that an option of an INI file has a value, or that it or its section is not there. Comments and other options stay.',
  properties: {
    ...EDIT_PARAMS,
    section: {
      type: ['string', 'null'],
      description: 'Name of the section; left out: what stands before the first one.',
    },
    option: {
      type: 'string',
      minLength: 1,
      description: 'Name of the option; left out: the section as a whole.',
    },
    value: { type: 'string', description: 'Its value.' },
    values: {
      type: 'array',
      items: { type: 'string' },
      description: 'Several values, a line each, instead of value.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no such option, or with no option no such section.',
    },
    exclusive: {
      type: 'boolean',
      default: true,
      description: 'No other line of the option stays; with false only those given come or go.',
    },
    no_extra_spaces: {
      type: 'boolean',
      default: false,
      description: 'name=value, without blanks around the sign.',
    },
    allow_no_value: {
      type: 'boolean',
      default: false,
      description: 'The option may stand alone, without a value.',
    },
    create: {
      type: 'boolean',
      default: true,
      description: 'Makes the file when there is none; with false that is an error.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['path'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of ini_file, defaults filled in. */
export type IniFileParams = FromSchema<typeof params>;

/** An option of an INI file. */
export const iniFile: EditModule<IniFileParams> = editing(
  {
    name: 'ini_file',
    params,
    example: `- name: PHP may use more memory
  ini_file:
    path: /etc/php/8.2/fpm/php.ini
    section: PHP
    option: memory_limit
    value: 512M
`,
    problems,
  },
  (given) => editOf(given),
  // It says nothing of mode and owner.
  ({ path }, { msg }) => ({ path, msg: typeof msg === 'string' ? words(msg) : 'OK' }),
);

const words = (msg: string): string =>
  msg.replace(/(?:^| and )ownership, perms or SE linux context changed$/, '') || 'OK';

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const found = [...modeProblems(given)];
  if ('value' in map && 'values' in map)
    found.push({
      pointer: '/values',
      message: 'parameters are mutually exclusive: value|values',
    });
  const present = map['state'] === undefined || map['state'] === 'present';
  const valueless = !('value' in map) && !('values' in map) && map['allow_no_value'] !== true;
  if (present && valueless)
    found.push({
      pointer: '',
      message: "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.",
    });
  return found;
}

const plain = (value: unknown): string =>
  value instanceof Secret ? value.reveal() : String(value);

/** The text is read as UTF-8; bytes that are none stay what they are where nothing is changed. */
const editOf =
  (given: IniFileParams): Edit =>
  (bytes) => {
    const present = given.state === 'present';
    if (bytes === undefined && !given.create)
      return new Refusal(`Destination ${given.path} does not exist!`, {
        code: 'NOT_ON_HOST',
        hint: 'create: true makes it.',
      });
    if (bytes === undefined && !present) return { text: '', msg: 'OK', gone: true };
    const values = given.value === undefined ? (given.values ?? []) : [given.value];
    const { text, msg } = iniEdited(Buffer.from(bytes ?? '', 'latin1').toString('utf8'), {
      ...{ section: given.section ?? '', option: given.option, present },
      values: values.map(plain),
      ...{ exclusive: given.exclusive, spaces: !given.no_extra_spaces },
      bare: given.allow_no_value,
    });
    return msg === 'OK' &&
      bytes !== undefined &&
      text === Buffer.from(bytes, 'latin1').toString('utf8')
      ? { text: bytes, msg }
      : { text: Buffer.from(text, 'utf8').toString('latin1'), msg };
  };
