import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { checkServer } from '../../../src/local/check-server/check-server.js';
import { claimIds, claims } from '../../../src/local/check-server/claims.js';
import type { ProjectServer } from '../../../src/local/project-server/server.js';
import { startProjectServer } from '../../../src/local/project-server/server.js';
import { faultyServer } from '../../support/faulty-server.js';
import { internalSecret, makeDataDir } from '../../support/project-server.js';
import { archiveFaults } from './faults/archive.js';
import { arrivalFaults } from './faults/arrival.js';
import { edgeFaults } from './faults/edges.js';
import { epochFaults } from './faults/epochs.js';
import type { FaultyServer } from './faults/fault.js';
import { quiescedFaults } from './faults/quiesced.js';
import { restoreFaults } from './faults/restore.js';

const faulty = [...arrivalFaults, ...epochFaults, ...archiveFaults, ...quiescedFaults, ...restoreFaults, ...edgeFaults];
/** Every claim of every run, and not only the group that is meant. */
const all = process.env.VALET_TEST_EVERY_STEP === '1';

describe.concurrent('a server that', () => {
  test.each(faulty)('$name is told by what does not hold', async (kind) => {
    expect(await notHolding(kind)).toEqual([...kind.breaks].filter((id) => all || isOfGroup(kind, id)).toSorted());
  });
});

test('every claim is broken by at least one of these servers, so none is a claim that cannot fail', () => {
  const broken = new Set(faulty.flatMap(({ breaks }) => breaks));
  // Asked of basic servers alone: see basic.test.ts.
  expect(claimIds().filter((id) => !broken.has(id) && id !== 'restore.known')).toEqual([]);
});

function isOfGroup({ breaks: [meant] }: FaultyServer, id: keyof typeof claims): boolean {
  return claims[id].group === claims[meant].group;
}

async function notHolding(kind: FaultyServer): Promise<string[]> {
  await using data = await makeDataDir();
  let server = await start(data.dir);
  const restart = async () => {
    await server.stop();
    kind.whileDown?.(data.dir);
    await mkdir(data.dir, { recursive: true });
    server = await start(data.dir);
  };
  await using faulty = await faultyServer(() => server.port, kind.fault(data.dir));
  try {
    const only = all ? {} : { only: [claims[kind.breaks[0]].group] };
    const { url } = faulty;
    const report = await checkServer({ url, secret: internalSecret, writePath: '/kv/{n}', restart, ...only });
    const broken = report.claims.filter(({ outcome }) => outcome === 'does_not_hold');
    for (const { sent, got } of broken) expect(`${sent} ${got}`).not.toContain(internalSecret);
    expect(report.ok).toBe(!broken.some(({ level }) => level === 'must'));
    return broken.map(({ id }) => id).toSorted();
  } finally {
    await server.stop();
  }
}

function start(dataDir: string): Promise<ProjectServer> {
  return startProjectServer({ dataDir, internalSecret, port: 0, host: '127.0.0.1', limits: { uploadBackoffMs: 1 } });
}
