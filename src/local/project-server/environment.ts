import { z } from 'zod';
import type { SelfSuspend } from './self-suspend.js';
import type { ProjectServerOptions } from './server.js';

const environmentSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('::'),
  VALET_DATA_DIR: z.string('must name the folder of the volume').min(1),
  VALET_INTERNAL_SECRET: z.string('must hold the secret of this machine').min(1),
  VALET_CONTROL_URL: z.url({ protocol: /^https?$/ }).optional(),
  VALET_ACTIVITY_REPORT_SECS: z.coerce.number().positive().max(86_400).default(60),
  VALET_IDLE_SUSPEND_SECS: z.coerce.number().min(0).max(86_400).default(60),
  FLY_APP_NAME: z.string().min(1).optional(),
  FLY_MACHINE_ID: z.string().min(1).optional(),
  FLY_API_SOCKET: z.string().min(1).default('/.fly/api'),
});

/** @throws Error naming every variable that is missing or wrong, and the rule; never a value. */
export function readEnvironment(environment: NodeJS.ProcessEnv): ProjectServerOptions {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not valid. ${faults.join('; ')}`);
  }
  const { PORT, HOST, VALET_DATA_DIR, VALET_INTERNAL_SECRET, VALET_CONTROL_URL, FLY_MACHINE_ID } = parsed.data;
  const everySecs = parsed.data.VALET_ACTIVITY_REPORT_SECS;
  return {
    dataDir: VALET_DATA_DIR,
    internalSecret: VALET_INTERNAL_SECRET,
    port: PORT,
    host: HOST,
    machineId: FLY_MACHINE_ID,
    selfSuspend: selfSuspendOf(parsed.data),
    activityReports: VALET_CONTROL_URL === undefined ? undefined : { controlUrl: VALET_CONTROL_URL, everySecs },
  };
}

/** Only a program that Fly runs can be suspended. */
function selfSuspendOf(environment: z.infer<typeof environmentSchema>): SelfSuspend | undefined {
  const { VALET_IDLE_SUSPEND_SECS: afterSecs, FLY_APP_NAME: app, FLY_MACHINE_ID: id, FLY_API_SOCKET } = environment;
  if (afterSecs === 0 || app === undefined || id === undefined) return undefined;
  return { afterSecs, machine: { app, id, apiSocket: FLY_API_SOCKET } };
}
