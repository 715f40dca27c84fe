import { afterAll, describe, expect, it } from 'vitest';
import { openStage, type StageSettings } from '../support/contract/stage.js';
import { scenarios } from './scenarios.js';

const {
  VALET_CONTRACT_FLY_TOKEN: token,
  VALET_CONTRACT_FLY_APP: app,
  VALET_CONTRACT_FLY_ORG: org,
  VALET_CONTRACT_FLY_URL: url = 'https://api.machines.dev',
  VALET_CONTRACT_FLY_REGION: region = 'iad',
  VALET_CONTRACT_FLY_IMAGE: image = 'nginx:alpine',
} = process.env;

/** One machine may take minutes at Fly, and a scenario several machines. */
const scenarioTimeoutMs = 20 * 60_000;

describe('Fly itself', () => {
  if (token === undefined || app === undefined) {
    it.skip(
      'is not asked: set VALET_CONTRACT_FLY_TOKEN and VALET_CONTRACT_FLY_APP, an app without anything else in it',
    );
    return;
  }
  const seen = new Map<string, Set<string>>();
  const unpublished = new Set<string>();
  const settings: StageSettings = {
    url,
    token,
    app,
    org: org ?? '',
    region,
    image,
    sweeps: true,
    clientLimits: 'on',
    patienceMs: 240_000,
    pollMs: 2_000,
    onSeen: (row, answer) => seen.set(row, (seen.get(row) ?? new Set()).add(answer)),
  };

  for (const scenario of scenarios) {
    if (scenario.needs === 'emulator') continue;
    if (scenario.needs === 'organisation' && org === undefined) {
      it.skip(`${scenario.title} (set VALET_CONTRACT_FLY_ORG, and a token of that organisation)`);
      continue;
    }
    it(scenario.title, { timeout: scenarioTimeoutMs }, async () => {
      await using stage = await openStage(settings);
      await scenario.run(stage);
      for (const violation of stage.recorder.violations) unpublished.add(violation);
    });
  }

  it('asks and answers nothing that the published shapes do not know', () => {
    expect([...unpublished]).toEqual([]);
  });

  afterAll(() => {
    const lines = [...seen].map(([row, answers]) => `${row}: ${[...answers].join(', ')}`);
    process.stdout.write(`What nobody had confirmed, as Fly answered it:\n${lines.join('\n')}\n`);
  });
});
