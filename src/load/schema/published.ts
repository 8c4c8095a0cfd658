import type { AnyModule, Registry } from '../../model/module.ts';
import { blockKeywords, loops, taskKeywords } from './keywords.ts';
import {
  importPlaybookSchema,
  includeSchemas,
  inputSchema,
  playKeywords,
  promptSchema,
  roleSchema,
} from './play-keywords.ts';
import { argumentsOf, type Schema } from './words.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Schemas refer to each other by these names; nothing is fetched from there. */
const BASE = 'urn:orch:schema:';

/** What a published schema begins with. */
export const head = (id: string, title: string): Schema => ({
  $schema: DIALECT,
  $id: `${BASE}${id}`,
  title,
});

/** A template may stand wherever a type stands, before it is evaluated. */
const template: Schema = { type: 'string', pattern: '\\{[{%#]', description: 'A template.' };

/** The same schema for text that is not evaluated yet; words only orch reads (`x-...`) are left out. */
export function beforeTemplating(schema: Schema): Schema {
  if (typeof schema['x-ref'] === 'string') return { $ref: schema['x-ref'] };
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) continue;
    if (key === 'properties' || key === 'patternProperties') {
      out[key] = Object.fromEntries(
        Object.entries(value as object).map(([name, one]) => [
          name,
          beforeTemplating(one as Schema),
        ]),
      );
    } else if (key === 'items' || key === 'additionalProperties') {
      out[key] = typeof value === 'object' ? beforeTemplating(value as Schema) : value;
    } else if (key === 'anyOf' || key === 'oneOf') {
      out['anyOf'] = [...(value as readonly Schema[]).map(stripped), template];
    } else out[key] = value;
  }
  if (out['anyOf'] !== undefined || acceptsAnyText(out)) return out;
  const { description, default: preset, title, ...rest } = out;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [rest, template],
  };
}

const stripped = (schema: Schema): Schema => {
  const inner = beforeTemplating(schema);
  const [first] = (inner['anyOf'] as readonly Schema[] | undefined) ?? [inner];
  return (schema['anyOf'] === undefined ? first : inner) ?? inner;
};

function acceptsAnyText(schema: Schema): boolean {
  const types = [schema['type']].flat();
  const limited = ['enum', 'const', 'pattern', 'maxLength', 'format'].some((key) => key in schema);
  return !limited && (types.includes('string') || schema['type'] === undefined);
}

/** A schema without the words only orch reads. */
export function withoutWords(schema: Schema): Schema {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !key.startsWith('x-'))
        .map(([key, inner]) => [key, clean(inner)]),
    );
  };
  return clean(schema) as Schema;
}

/** Arguments of one module, as an editor needs them: `x-free-form` modules also take a text. */
export function argumentsSchema({ params }: AnyModule): Schema {
  const { type, ...rest } = beforeTemplating(argumentsOf(params));
  const map = rest['anyOf'] === undefined ? { type, ...rest } : (rest['anyOf'] as Schema[])[0];
  const free = params['x-free-form'] !== undefined;
  const needsNone = (params.required ?? []).length === 0;
  const others = [...(free ? [{ type: 'string' }] : []), ...(needsNone ? [{ type: 'null' }] : [])];
  const { description } = params;
  return others.length === 0 ? { ...map, description } : { description, anyOf: [map, ...others] };
}

/** A file `schemas/modules/NAME.schema.json`. */
export const moduleSchema = (module: AnyModule): Schema => ({
  ...head(`module:${module.name}`, `Arguments of ${module.name}`),
  ...argumentsSchema(module),
});

const taskList = (description: string): Schema => ({
  description,
  type: ['array', 'null'],
  items: { $ref: '#/$defs/item' },
});

/** An argument of text may hold the whole of what includes tasks: `import_tasks: FILE`. */
const includes = (): Schema =>
  Object.fromEntries(
    Object.entries(includeSchemas).flatMap(([name, schema]) => {
      const { 'x-free-form': free, ...map } = schema;
      const shape = beforeTemplating(map);
      const inner = ((shape['anyOf'] as readonly Schema[] | undefined) ?? [shape])[0] ?? shape;
      const whole = {
        description: schema['description'],
        anyOf: [inner, ...(free === undefined ? [] : [{ type: 'string' }])],
      };
      return [
        [name, whole],
        [`ansible.builtin.${name}`, whole],
      ];
    }),
  );

const withs = (): Schema =>
  Object.fromEntries(
    Object.entries(loops).map(([name, description]) => [`with_${name}`, { description }]),
  );

/** Tasks, blocks and the arguments of every module, for `$defs` of a schema. */
function taskDefs(registry: Registry): Readonly<Record<string, Schema>> {
  const modules = [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    item: {
      description: 'A task, or a block of tasks.',
      if: { anyOf: ['block', 'rescue', 'always'].map((key) => ({ required: [key] })) },
      then: { $ref: '#/$defs/block' },
      else: { $ref: '#/$defs/task' },
    },
    block: {
      type: 'object',
      description:
        'Tasks that share keywords; rescue runs when one of them fails, always in any case.',
      required: ['block'],
      additionalProperties: false,
      properties: {
        ...templated(blockKeywords),
        block: taskList('The tasks.'),
        rescue: taskList('What is done when one of them fails.'),
        always: taskList('What is done in any case, afterwards.'),
      },
    },
    task: {
      type: 'object',
      description: 'One use of a module: exactly one key is the name of a module.',
      additionalProperties: false,
      properties: {
        ...templated(taskKeywords),
        ...withs(),
        ...includes(),
        ...Object.fromEntries(
          modules.map(({ name }) => [name, { $ref: `#/$defs/module_${name}` }]),
        ),
      },
      patternProperties: {
        '^(ansible\\.(builtin|legacy|posix)|community\\.general|orch)\\.': {
          description: 'A module by its long name.',
        },
        '^firewalld$': { description: 'Runs as firewalld_port or firewalld_zone.' },
      },
    },
    ...Object.fromEntries(modules.map((one) => [`module_${one.name}`, argumentsSchema(one)])),
  };
}

/** `schemas/tasks.schema.json`: a file of tasks or handlers, as in roles/NAME/tasks/main.yml. */
export const tasksSchema = (registry: Registry): Schema => ({
  ...head('tasks', 'A file of tasks or handlers'),
  ...taskList('Tasks and blocks, in this order.'),
  $defs: taskDefs(registry),
});

/** `schemas/playbook.schema.json`: plays, roles, blocks and tasks with the arguments of every module. */
export function playbookSchema(registry: Registry): Schema {
  return {
    ...head('playbook', 'A playbook of orch: a list of plays'),
    type: 'array',
    minItems: 1,
    items: {
      if: {
        anyOf: ['import_playbook', 'ansible.builtin.import_playbook'].map((key) => ({
          required: [key],
        })),
      },
      then: { $ref: '#/$defs/import' },
      else: { $ref: '#/$defs/play' },
    },
    $defs: {
      play: playSchema(),
      import: {
        ...beforeTemplating(importPlaybookSchema),
        ...importShape(),
      },
      role: {
        description: 'A role by its name, or with keywords and variables for it.',
        anyOf: [{ type: 'string' }, withoutWords({ ...roleSchema, ...roleShape() })],
      },
      ...taskDefs(registry),
    },
  };
}

const playSchema = (): Schema => ({
  type: 'object',
  description: 'Tasks for a set of hosts.',
  required: ['hosts'],
  additionalProperties: false,
  properties: {
    ...templated(playKeywords),
    inputs: {
      type: ['object', 'null'],
      description: 'Values the play needs from outside: typed, described, checked first.',
      additionalProperties: inputSchema,
    },
    vars_prompt: {
      type: ['array', 'null'],
      description: 'Variables that are asked for on a terminal, unless -e sets them.',
      items: withoutWords(promptSchema),
    },
    roles: {
      type: ['array', 'null'],
      description: 'Roles that run after `pre_tasks` and before `tasks`.',
      items: { $ref: '#/$defs/role' },
    },
    pre_tasks: taskList('Tasks that run before roles and `tasks`.'),
    tasks: taskList('What is done, in this order.'),
    post_tasks: taskList('Tasks that run after `tasks`.'),
    handlers: taskList('Tasks that run once, if a task that changed something notified them.'),
  },
});

const properties = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;

const roleShape = (): Schema => ({ properties: templated(properties(roleSchema)) });

/** The long name of import_playbook counts too. */
const importShape = (): Schema => {
  const own = templated(properties(importPlaybookSchema));
  return {
    required: [],
    anyOf: [{ required: ['import_playbook'] }, { required: ['ansible.builtin.import_playbook'] }],
    properties: { ...own, 'ansible.builtin.import_playbook': own['import_playbook'] },
  };
};

const templated = (keywords: Readonly<Record<string, Schema>>): Schema =>
  Object.fromEntries(
    Object.entries(keywords).map(([name, schema]) => [name, beforeTemplating(schema)]),
  );

/** `schemas/vars.schema.json`: a file of variables. */
export const varsSchema: Schema = {
  ...head('vars', 'Variables: group_vars, host_vars, vars_files, -e @FILE'),
  type: ['object', 'null'],
  description: 'Names and values; texts may hold templates.',
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
};

const group: Schema = {
  type: ['object', 'null'],
  description: 'A group of hosts.',
  additionalProperties: false,
  properties: {
    hosts: {
      type: ['object', 'null'],
      description: 'Hosts by name, ranges such as `node[01:10]` too, each with its variables.',
      additionalProperties: {
        type: ['object', 'null'],
        description: 'Variables of the host, such as ansible_host.',
      },
      'x-hint': 'Write a map: each host with a colon, `node1:`, its variables below it.',
    },
    children: {
      type: ['object', 'null'],
      description: 'Groups that belong to this one.',
      additionalProperties: { $ref: '#/$defs/group' },
      'x-hint': 'Write a map: each group with a colon, `servers:`, its hosts below it.',
    },
    vars: { type: ['object', 'null'], description: 'Variables of all hosts of the group.' },
  },
};

/** What a YAML inventory is checked against; also, without `x-...`, `schemas/inventory.schema.json`. */
export const inventorySchema: Schema = {
  ...head('inventory', 'An inventory of orch: groups of hosts'),
  type: 'object',
  description: 'Groups by name; `all` holds what belongs to no group.',
  additionalProperties: { $ref: '#/$defs/group' },
  $defs: { group },
};
