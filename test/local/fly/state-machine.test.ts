import { describe, expect, it } from 'vitest';
import { isResting, outcomeOfUpdate, transition, visibleState } from '../../../src/local/fly/machines/state-machine.js';

const phases = [
  ...(['preparing', 'created', 'starting', 'started', 'stopping', 'stopped', 'suspending', 'suspended'] as const),
  ...(['restarting', 'replacing', 'updating', 'failed', 'destroying', 'launch_failed', 'destroyed'] as const),
];
const commands = ['start', 'stop', 'suspend', 'restart', 'replace', 'destroy', 'force_destroy'] as const;

/** By state, where each of the commands leads; `-` is a success without effect, a number is a refusal. */
const table = {
  preparing: ['412', '412', '412', '412', '412', 'destroying', 'destroying'],
  created: ['starting', 'stopping', '412', '412', 'replacing', 'destroying', 'destroying'],
  starting: ['-', '412', '412', '412', '412', '412', 'destroying'],
  started: ['-', 'stopping', 'suspending', 'restarting', 'replacing', '412', 'destroying'],
  stopping: ['412', '-', '412', '412', '412', '412', 'destroying'],
  stopped: ['starting', '-', '412', '412', 'replacing', 'destroying', 'destroying'],
  suspending: ['starting', '412', '-', '412', '412', '412', 'destroying'],
  suspended: ['starting', 'stopping', '-', '412', 'replacing', 'destroying', 'destroying'],
  restarting: ['412', '412', '412', '-', '412', '412', 'destroying'],
  replacing: ['412', '412', '412', '412', '409', '412', 'destroying'],
  updating: ['412', '412', '412', '412', '409', '412', 'destroying'],
  failed: ['starting', 'stopping', '412', '412', 'replacing', 'destroying', 'destroying'],
  destroying: ['412', '412', '412', '412', '412', '-', '-'],
  launch_failed: ['412', '412', '412', '412', '412', '-', '-'],
  destroyed: ['412', '412', '412', '412', '412', '404', '404'],
} as const;

describe('the state machine', () => {
  it.each(Object.entries(table))('in %s lets every command have its effect, none, or its refusal', (from, expected) => {
    const phase = phases.find((one) => one === from) ?? 'destroyed';
    const seen = commands.map((command) => {
      const next = transition(phase, command);
      if (next.kind === 'move') return next.to;
      return next.kind === 'stay' ? '-' : String(next.status);
    });
    expect(seen).toEqual(expected);
  });

  it('stops a machine whose program ends by itself, asleep or not', () => {
    for (const phase of ['starting', 'started', 'suspending', 'suspended'] as const) {
      expect(transition(phase, 'exited')).toEqual({ kind: 'move', to: 'stopped' });
    }
  });

  it('rests where nothing is under way', () => {
    expect(phases.filter(isResting)).toEqual(['created', 'started', 'stopped', 'suspended', 'failed', 'destroyed']);
  });

  it('lets a resting machine start', () => {
    for (const phase of ['created', 'stopped', 'suspended', 'suspending', 'failed'] as const) {
      expect(transition(phase, 'start')).toEqual({ kind: 'move', to: 'starting' });
    }
  });

  it('takes what is already so for success', () => {
    expect(transition('started', 'start')).toEqual({ kind: 'stay' });
    expect(transition('stopped', 'stop')).toEqual({ kind: 'stay' });
    expect(transition('suspended', 'suspend')).toEqual({ kind: 'stay' });
    expect(transition('destroying', 'force_destroy')).toEqual({ kind: 'stay' });
  });

  it('names the state that forbids a start', () => {
    expect(transition('preparing', 'start')).toMatchObject({
      status: 412,
      error: expect.stringContaining("'created'"),
    });
    expect(transition('stopping', 'start')).toMatchObject({
      status: 412,
      error: expect.stringContaining("'stopping'"),
    });
    expect(transition('replacing', 'start')).toMatchObject({
      status: 412,
      error: 'failed_precondition: machine getting replaced, refusing to start',
    });
  });

  it('refuses a second update with 409 and the deletion of what is destroyed with 404', () => {
    expect(transition('replacing', 'replace')).toMatchObject({ kind: 'refuse', status: 409 });
    expect(transition('updating', 'update')).toMatchObject({ kind: 'refuse', status: 409 });
    expect(transition('destroyed', 'force_destroy')).toMatchObject({ kind: 'refuse', status: 404 });
    expect(transition('started', 'destroy')).toMatchObject({ kind: 'refuse', status: 412 });
  });

  it('leaves no way out of destroyed', () => {
    for (const event of ['start', 'stop', 'suspend', 'update', 'destroy', 'up', 'exited'] as const) {
      expect(transition('destroyed', event).kind).toBe('refuse');
    }
  });

  it('restarts what runs, and nothing else', () => {
    expect(transition('started', 'restart')).toEqual({ kind: 'move', to: 'restarting' });
    expect(transition('restarting', 'restarted')).toEqual({ kind: 'move', to: 'starting' });
    expect(transition('stopped', 'restart')).toMatchObject({ kind: 'refuse', status: 412 });
  });

  it('gives up a machine whose first boot failed, and not one that has run before', () => {
    expect(transition('starting', 'launch_failed')).toEqual({ kind: 'move', to: 'launch_failed' });
    expect(transition('launch_failed', 'gone')).toEqual({ kind: 'move', to: 'destroyed' });
    expect(transition('starting', 'boot_failed')).toEqual({ kind: 'move', to: 'failed' });
    expect(transition('failed', 'start')).toEqual({ kind: 'move', to: 'starting' });
  });

  it('moves resting and running machines to another host, and none that is under way', () => {
    for (const phase of ['created', 'started', 'stopped', 'suspended', 'failed'] as const) {
      expect(transition(phase, 'migrate')).toEqual({ kind: 'move', to: 'stopping' });
    }
    for (const phase of ['starting', 'replacing', 'destroying', 'destroyed'] as const) {
      expect(transition(phase, 'migrate').kind).toBe('refuse');
    }
  });

  it('boots an updated machine again only if it ran', () => {
    expect(outcomeOfUpdate('started', false)).toBe('replaced_to_start');
    expect(outcomeOfUpdate('suspended', false)).toBe('replaced_to_rest');
    expect(outcomeOfUpdate('started', true)).toBe('replaced_to_hold');
  });

  it('shows a machine that is being prepared as created', () => {
    expect(visibleState('preparing')).toBe('created');
  });
});
