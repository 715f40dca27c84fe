// The control plane inside of a program of one's own: what there is, why one project is awake or asleep, and, if it
// sleeps, a wake.
import { createControlPlane, isValetError, readConfig } from 'valet';

const [id] = process.argv.slice(2);

// Ctrl-C gives up waiting; a wake that was begun goes on, and other instances take care of it.
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('Interrupted.')));
const { signal } = interrupted;

try {
  await using valet = await createControlPlane(readConfig(process.env), { signal });

  for await (const project of valet.projects.all({}, { signal })) {
    console.log(`${project.id} is ${project.state} in ${project.region}`);
  }

  if (id !== undefined) {
    const { summary, reasons, next } = await valet.projects.explain(id, { signal });
    console.log([summary, ...reasons.map((reason) => `- ${reason}`), next].join('\n'));
    const { state, url } = await valet.projects.wake(id, { signal });
    console.log(`${id} is ${state} at ${url}`);
  }
} catch (error) {
  if (!isValetError(error)) throw error;
  console.error(`${error.message} ${error.hint ?? ''} (${error.code})`);
  process.exitCode = 1;
}
