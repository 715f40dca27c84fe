/**
 * The shapes that people and programs see. They are the same in the SDK, over HTTP and in `--json`, field for field, so
 * there is one description of each and nothing to translate. Times are RFC 3339 strings in UTC.
 */
export * from './resources/archives.js';
export * from './resources/installation.js';
export * from './resources/machines.js';
export * from './resources/orphans.js';
export * from './resources/overview.js';
export * from './resources/pool.js';
export * from './resources/projects.js';
export * from './resources/routing.js';
export * from './resources/server.js';
export * from './resources/sweep.js';
