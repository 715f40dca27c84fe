/** The public surface of Valet, by name. Nothing else is public. */
export { createClient } from './client.js';
export { type Config, type Environment, readConfig } from './config.js';
export { type ControlPlane, createControlPlane } from './control-plane.js';
export { type ErrorCode, ValetError } from './errors.js';
export type * from './resources.js';
export type { CallOptions, CreateOptions, PoolCalls, ProjectCalls, SweepCalls, Valet } from './valet.js';
