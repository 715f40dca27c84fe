import { describe, expect, it } from 'vitest';
import { Ports } from '../../../src/local/fly/machines/vm/ports.js';
import { freePort } from '../../../src/local/free-port.js';

describe('the ports of programs', () => {
  it('are never given out twice, although the system offers one again that nobody listens on yet', async () => {
    const ports = new Ports(freePort);
    const taken: number[] = [];
    for (let count = 0; count < 500; count++) taken.push(await ports.take());
    expect(new Set(taken).size).toBe(500);
  });

  it('may be given out again once they came back', async () => {
    const offered = [1, 1, 2, 1];
    const ports = new Ports(async () => offered.shift() ?? 2);
    expect([await ports.take(), await ports.take()]).toEqual([1, 2]);
    ports.giveBack(1);
    expect(await ports.take()).toBe(1);
    await expect(ports.take()).rejects.toThrow('No port is free.');
  });
});
