import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Conditions are waited for generously: a loaded machine is slow, not wrong.
    expect: { poll: { timeout: 15_000 } },
    // Modules keep no state and nothing happens on import, so files of one worker can share them: a fifth less to do.
    isolate: false,
    // One more than the cores of a small machine: many tests wait for processes.
    maxWorkers: 3,
    // CommonJS packages are imported as Node.js itself does it, and as TypeScript expects.
    deps: { interopDefault: false },
  },
});
