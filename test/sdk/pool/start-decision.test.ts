import { describe, expect, it } from 'vitest';
import { startDecision } from '../../../src/sdk/pool/start-decision.js';
import { guestOf } from '../../../src/sdk/pool/vm-size.js';

describe('before a machine is spoken to', () => {
  it.each([
    ['speak', ['started']],
    ['wait', ['starting', 'restarting', 'updating', 'creating']],
    ['start', ['created', 'stopped', 'suspended', 'failed']],
    ['settle', ['stopping', 'suspending', 'replacing', 'a state of tomorrow', '']],
    ['gone', ['destroying', 'destroyed', 'launch_failed', 'migrated', 'replaced']],
  ] as const)('%s: %j', (decision, states) => {
    expect(states.map(startDecision)).toEqual(states.map(() => decision));
  });
});

describe('a size of Fly’s', () => {
  it.each([
    ['shared-cpu-1x', { cpu_kind: 'shared', cpus: 1, memory_mb: 512 }],
    ['shared-cpu-8x', { cpu_kind: 'shared', cpus: 8, memory_mb: 512 }],
    ['performance-16x', { cpu_kind: 'performance', cpus: 16, memory_mb: 512 }],
  ])('%s', (size, guest) => {
    expect(guestOf(size, 512)).toEqual(guest);
  });

  it.each(['', 'shared-cpu', 'shared-cpu-x', 'Shared-cpu-1x', 'shared-cpu-1x\n', 'a100-40gb'])('is not %j', (size) => {
    expect(() => guestOf(size, 512)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
