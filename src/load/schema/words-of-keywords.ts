import type { Schema } from './words.ts';

/** A name of a variable. */
export const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';

/** True or false in any of the ways Ansible reads them; quoted ones too. */
export const flag = (description: string): Schema => ({
  type: ['boolean', 'string', 'integer'],
  description,
  pattern: '^([Yy](es|ES)?|[Oo]n|ON|[Tt](rue|RUE)?|1|[Nn][Oo]?|[Oo]ff|OFF|[Ff](alse|ALSE)?|0)$',
  minimum: 0,
  maximum: 1,
  'x-says': 'true or false',
});

/** A text. */
export const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  description,
  ...more,
});

/** A text or a number, such as the name of a task. */
export const label = (description: string): Schema =>
  text(description, { type: ['string', 'number', 'boolean', 'null'], 'x-says': 'a text' });

/** A number, which Ansible also takes in quotes. */
export const number = (description: string, more: Schema = {}): Schema => ({
  type: ['number', 'string'],
  description,
  minimum: 0,
  pattern: '^ *[0-9]+([.][0-9]+)? *$',
  ...more,
  'x-says': 'a number of at least 0',
});

/** A name, or a list of names. */
export const names = (description: string): Schema => ({
  type: ['string', 'number', 'null', 'array'],
  description,
  items: { type: ['string', 'number'] },
  'x-says': 'a name or a list of names',
});

/** Variables: a map whose keys are names, or a list of such maps. */
export const variables = (description: string): Schema => ({
  description,
  anyOf: [
    { type: ['object', 'null'], propertyNames: { pattern: NAME } },
    { type: 'array', items: { type: 'object', propertyNames: { pattern: NAME } } },
  ],
});

/** An expression without braces, or a list of which all must hold. */
export const condition = (description: string): Schema => ({
  type: ['string', 'boolean', 'number', 'null', 'array'],
  description,
  items: { type: ['string', 'boolean', 'number'] },
  'x-says': 'a condition or a list of conditions',
});
