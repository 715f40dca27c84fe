import { expect, test } from 'vitest';
import { openValet } from '../../src/cli/open-valet.js';

test('without an address and without a configuration, the error tells of both ways', async () => {
  await expect(openValet({}, {})).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('DATABASE_URL'),
    hint: expect.stringContaining('VALET_URL'),
  });
});

test('an address is enough: nothing else is asked for', async () => {
  await using valet = await openValet({}, { VALET_URL: 'http://127.0.0.1:1' });
  await expect(valet.projects.get('demo')).rejects.toMatchObject({ code: 'valet_unreachable' });
});

test('the flag is checked like the variable, and goes before it', async () => {
  const env = { VALET_URL: 'http://127.0.0.1:1' };
  await expect(openValet({ url: 'ftp://example.com' }, env)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('VALET_URL is "ftp://example.com"'),
  });
});
