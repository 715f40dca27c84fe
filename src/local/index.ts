/// <reference types="node" preserve="true" />
/** The local platform: Valet and all it runs on, on one computer and without an account. */

export { checkServer } from './check-server/check-server.js';
export { CheckFault } from './check-server/fault.js';
export type { CheckServerOptions } from './check-server/options.js';
export type { CheckReport, JudgedClaim } from './check-server/report.js';
export { runRestartCommand } from './check-server/restart-command.js';
export { Clock } from './clock.js';
export type { DemoReport, DemoStep } from './demo/report.js';
export { type DemoOptions, runDemo, type ToldDemo } from './demo/run.js';
export { LocalFault } from './fault.js';
export type { FlyCall } from './fly/calls.js';
export { type FlyEmulator, startFlyEmulator } from './fly/emulator.js';
export type { Fault } from './fly/faults/fault.js';
export type { FaultHandle, FlyFaults } from './fly/faults/faults.js';
export type { FlyEmulatorOptions, MachineProgram } from './fly/options.js';
export { seededRandom } from './fly/pace/span.js';
export type { ProxyUnconfirmed } from './fly/proxy-unconfirmed.js';
export type { FlyTimings } from './fly/timings.js';
export type { Unconfirmed } from './fly/unconfirmed.js';
export { type ObjectStore, startObjectStore } from './object-store.js';
export { type LocalFly, type LocalFlyOptions, startLocalFly } from './platform/local-fly.js';
export type { PlatformOptions } from './platform/options.js';
export { type LocalPlatform, startPlatform } from './platform/platform.js';
export type { Program } from './platform/program.js';
export type { ValetServe } from './platform/valet-serve.js';
export { type LocalPostgres, startPostgres } from './postgres.js';
export { type PrivateNetwork, startPrivateNetwork } from './private-network.js';
export { projectServerProgram, valetProgram } from './programs.js';
export type { LocalProxy, ProxyOptions } from './proxy/options.js';
export { startProxy } from './proxy/proxy.js';
