#!/usr/bin/env node
// Plain JavaScript that any Node.js can parse, so that an old one gets a sentence and not a stack trace.
const required = 24;
const major = Number.parseInt(process.versions.node, 10);

if (major < required) {
  process.stderr.write(
    `valet needs Node.js ${required} or later; this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer Node.js, or in a checkout run it through npm ("npx valet …", "npm run …"), which finds the pinned one.\n',
  );
  process.exit(69);
}

// With nobody left to read (`valet … | head`), the last flush of the output never comes: by then all is done.
process.once('beforeExit', () => process.exit());

const { execute } = await import('@oclif/core');
await execute({ dir: import.meta.url });
