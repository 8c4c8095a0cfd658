/** Layers, from the inside out: a layer may import only from itself and those it lists. */
const layers = {
  lib: [],
  model: ['lib'],
  template: ['lib', 'model'],
  load: ['lib', 'model'],
  inventory: ['lib', 'model', 'load'],
  analyze: ['lib', 'model', 'load', 'template'],
  modules: ['lib', 'model'],
  transport: ['lib', 'model'],
  engine: ['lib', 'model'],
  report: ['lib', 'model'],
};
/** One folder owns each package: swap the package, change one folder. */
const owners = {
  yaml: ['load'],
  ajv: ['load'],
  ssh2: ['transport'],
  listr2: ['report'],
  'p-limit': ['engine'],
  commander: ['cli'],
  diff: ['lib'],
  picocolors: ['report'],
};

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([layer, may]) => ({
      name: `${layer}-imports-inwards`,
      comment: `src/${layer} may import only from itself${may.map((m) => `, ${m}`).join('')}. Pass the rest in as a parameter.`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/', pathNot: `^src/(${[layer, ...may].join('|')})/` },
    })),
    ...Object.entries(owners).map(([name, folders]) => ({
      name: `${name}-only-in-${folders.join('-')}`,
      comment: `Only src/${folders.join(' and src/')} know(s) that orch uses ${name}.`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${folders.join('|')})/` },
      to: { path: `^node_modules/${name}/` },
    })),
    {
      name: 'modules-touch-nothing',
      comment:
        'Modules, contracts and templates are pure: they describe. Only the engine, through a session, acts.',
      severity: 'error',
      from: { path: '^src/(modules|model|lib|template|engine|analyze)/' },
      to: {
        dependencyTypes: ['core'],
        pathNot: '^(node:)?(path|path/posix|util|crypto|buffer|zlib)$',
      },
    },
    {
      name: 'nothing-imports-cli',
      comment:
        'cli wires the layers together; a layer that needs it has its dependency the wrong way round.',
      severity: 'error',
      from: { path: '^src/(?!cli/|main)' },
      to: { path: '^src/(cli/|main)' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-dev-packages-in-src',
      comment: 'What the user installs must hold all that src needs at run time.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
