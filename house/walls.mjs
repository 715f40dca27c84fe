// Who may import whom, types included. The house is drawn in ARCHITECTURE.md; this file keeps the drawing true.

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'commands-use-cli-and-sdk',
      comment: 'Only serve knows the server and only dev the local platform.',
      severity: 'error',
      from: { path: '^src/commands/', pathNot: '^src/commands/(serve|dev)' },
      to: { path: '^src/(server|local)/' },
    },
    {
      name: 'serve-knows-no-local',
      severity: 'error',
      from: { path: '^src/commands/serve' },
      to: { path: '^src/local/' },
    },
    {
      name: 'dev-knows-no-server',
      severity: 'error',
      from: { path: '^src/commands/dev' },
      to: { path: '^src/server/' },
    },
    {
      name: 'server-uses-sdk-only',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/(cli|commands|local)/' },
    },
    {
      name: 'cli-uses-sdk-only',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(server|commands|local)/' },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      from: { path: '^src/sdk/' },
      to: { path: '^src/(cli|commands|server|local)/' },
    },
    {
      name: 'local-knows-only-wire-types',
      comment: 'The local platform speaks HTTP to the rest, like the real thing.',
      severity: 'error',
      from: { path: '^src/local/' },
      to: { path: '^src/(sdk|cli|commands|server)/', pathNot: '^src/sdk/fly/wire' },
    },
    {
      name: 'only-database-knows-pg',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sdk/database|local/postgres)' },
      to: { path: 'node_modules/(pg|node-pg-migrate|@types/pg)/' },
    },
    {
      name: 'only-archives-knows-s3',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sdk/archives/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, to: {} },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true },
};
