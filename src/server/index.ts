/** `valet serve` as a library: the API, the router and the background loops in front of what the control plane offers. */
export type { ServerConfig } from './config.js';
export type { Limits } from './limits.js';
export type { Address } from './listener.js';
export { Metrics, type MetricsOptions } from './metrics/metrics.js';
export { type RunningServer, type StartServerOptions, startServer } from './start.js';
