import { describe, expect, it } from 'vitest';
import { outcomeOfUpdate, transition, visibleState } from '../../../src/local/fly/machines/state-machine.js';

describe('the state machine', () => {
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
    expect(transition('replacing', 'update')).toMatchObject({ kind: 'refuse', status: 409 });
    expect(transition('destroyed', 'force_destroy')).toMatchObject({ kind: 'refuse', status: 404 });
    expect(transition('started', 'destroy')).toMatchObject({ kind: 'refuse', status: 412 });
  });

  it('leaves no way out of destroyed', () => {
    for (const event of ['start', 'stop', 'suspend', 'update', 'destroy', 'up', 'exited'] as const) {
      expect(transition('destroyed', event).kind).toBe('refuse');
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
