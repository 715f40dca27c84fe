#!/usr/bin/env node
// The same program from a checkout that is being edited: build first (the compiler needs about a second), then run.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
await import('./run.js');
