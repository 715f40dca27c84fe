/**
 * Valet as a library. `createControlPlane` and `createClient` give the same interface `Valet`, directly and over HTTP; the
 * layers below it can be used alone. This file is the whole public surface, by name: nothing else is public, and
 * importing it does nothing.
 */

export type { ArchiveClaim } from './archives/findings.js';
export { archiveKey } from './archives/keys.js';
export type { Manifest } from './archives/manifest.js';
export type { Measured } from './archives/measured-file.js';
export { type ProvenArchive, type ProveOptions, proveArchive } from './archives/prove.js';
export {
  ArchiveStore,
  type ArchiveStoreOptions,
  type DownloadOptions,
  type ListOptions,
  type SignOptions,
  type StoredObject,
} from './archives/store.js';
export { type ClientOptions, createClient } from './client.js';
export type { MonotonicClock } from './clock.js';
export type {
  ClientConfig,
  Config,
  CoreConfig,
  DormancyConfig,
  FlyConfig,
  LogLevel,
  PoolConfig,
  R2Config,
  RoutingConfig,
} from './config/config.js';
export type { Environment } from './config/variable.js';
export { readConfig } from './config.js';
export { type ControlPlane, type ControlPlaneOptions, createControlPlane } from './control-plane.js';
export type { Cause, Correlation } from './correlation.js';
export { type ErrorCode, type ErrorContext, isValetError, ValetError } from './errors.js';
export { isVolumeGone } from './fly/adoption.js';
export type { FlyAdvice } from './fly/advice-table.js';
export { FlyClient, type FlyClientOptions } from './fly/client.js';
export type { FlyCallOptions } from './fly/deadline.js';
export type { FlyCall } from './fly/endpoints.js';
export { FlyError, isGone } from './fly/errors.js';
export type { FlyEventOptions } from './fly/events.js';
export type { FlyDeleteOptions, FlyStopOptions } from './fly/machine-changes.js';
export type { FlyMachineFilter, FlyNewMachine } from './fly/machines.js';
export type { FlyMetadata, FlyMetadataChanges } from './fly/metadata.js';
export type { FlyPlacementQuestion } from './fly/platform.js';
export type { FlyApp, FlyPlacement, FlyRegions } from './fly/schemas.js';
export type { FlyCallFailure, FlyCallRecord } from './fly/transport.js';
export { FlyTransportError, type FlyTransportKind } from './fly/transport-error.js';
export type { FlyExtendedVolume } from './fly/volumes.js';
export type { FlyWaitOptions } from './fly/wait.js';
export type * from './fly/wire.js';
export type { ProjectState } from './lifecycle/states.js';
export type { Logger } from './logger.js';
export type { ArchiveAnswer, MachineStatus, ValetStatus } from './machines/answers.js';
export type { MachineTarget } from './machines/errors.js';
export {
  type MachineCallOptions,
  type MachineIdentity,
  MachineProtocol,
  type MachineProtocolOptions,
  type ReadyOptions,
} from './machines/protocol.js';
export { deriveMachineSecret } from './machines/secret.js';
export { isProjectId, type ProjectId, parseProjectId } from './projects/project-id.js';
export type {
  Archive,
  ArchivePage,
  ArchiveProof,
  CreatedProject,
  CreateProject,
  DrainPool,
  DrainResult,
  EventPage,
  Explanation,
  HeldLock,
  HoldProject,
  Installation,
  ListArchives,
  ListEvents,
  ListMachines,
  ListProjects,
  Machine,
  MachinePage,
  MachineState,
  Orphan,
  OrphanIds,
  OrphanList,
  OrphanResult,
  Overview,
  OverviewPool,
  PoolBreaker,
  PoolMode,
  PoolRegion,
  PoolStatus,
  PoolUse,
  Project,
  ProjectCounts,
  ProjectEvent,
  ProjectPage,
  ReplenishResult,
  RestoreProject,
  Route,
  ServerStatus,
  ShownProjectState,
  SweepOptions,
  SweepPlan,
  SweepResult,
  VerifyArchives,
  VerifyResult,
  Wake,
  WakeHow,
} from './resources.js';
export { type Decision, type DecisionKind, decide, type MachineAddress, type RequestFacts } from './routing/decide.js';
export { type ParsedRoute, type ProjectTarget, parseRoute } from './routing/parse.js';
export type {
  MachineFinding,
  ProjectView,
  RouteChangeListener,
  RouteChanges,
  RouteSource,
  Waker,
} from './routing/ports.js';
export { observerHeader, type ReplaySettings, replayHeader } from './routing/replay-header.js';
export type { Secret } from './secret.js';
export type {
  ActivityReports,
  CreateAllowance,
  CreateLimit,
  RateLimitState,
  Serving,
  ServingLoad,
} from './serving.js';
export type { DrainStep, OrphanStep, ReplenishStep, SweepStep, VerifyStep } from './steps.js';
export type {
  ArchiveFacts,
  ArchiveOutcome,
  ClaimOutcome,
  SweepFacts,
  SweepOutcome,
  Telemetry,
  WakeFacts,
  WakeKind,
  WakeResult,
} from './telemetry.js';
export type { BackgroundTask, TaskLocks } from './upkeep/task.js';
export type {
  AllMachines,
  AllOptions,
  AllProjects,
  ArchiveCalls,
  ArchiveContent,
  CallOptions,
  CreateOptions,
  MachineCalls,
  OrphanCalls,
  PoolCalls,
  ProjectCalls,
  SweepCalls,
  Valet,
  ValetCalls,
} from './valet.js';
