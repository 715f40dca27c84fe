// A sweep as a program: asks a running `valet serve` to archive what nobody uses, tells each project, and ends with 0 if
// nothing failed, 1 if something did, and 69 if the sweep could not run.
import { createClient, isValetError } from 'valet';

const { VALET_URL = 'http://localhost:7000', CONTROL_PLANE_SECRET = '', OLDER_THAN_DAYS = '7' } = process.env;

await using valet = createClient({ url: VALET_URL, secret: CONTROL_PLANE_SECRET });

try {
  // Leaving the loop, or aborting, would stop the sweep between two projects.
  const signal = AbortSignal.timeout(60 * 60_000);
  for await (const step of valet.sweep.steps({ older_than_secs: Number(OLDER_THAN_DAYS) * 86_400 }, { signal })) {
    switch (step.kind) {
      case 'planned':
        console.log(`${step.total} to archive`);
        break;
      case 'project':
        console.log(
          `${step.id} ${step.outcome} after ${step.took_secs} s${step.reason === null ? '' : `: ${step.reason}`}`,
        );
        break;
      case 'done':
        console.log(`${step.result.archived.length} archived, ${step.result.kept.length} left alone`);
        process.exitCode = step.result.failed.length > 0 ? 1 : 0;
    }
  }
} catch (error) {
  if (!isValetError(error)) throw error;
  console.error(`${error.message} (${error.code})`);
  process.exitCode = 69;
}
