import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeUpId } from '../../../src/sdk/projects/made-up-id.js';
import { isProjectId, parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { ProjectUrls } from '../../../src/sdk/projects/url.js';

describe('a project id', () => {
  it.each(['a', '0', 'a-b', 'a--b', '7up', 'a'.repeat(63)])('may be %s', (id) => {
    expect(parseProjectId(id)).toBe(id);
  });

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a.b', 'a b', 'ä', 'a\n', 'xn--demo', 'a'.repeat(64), '../a'])(
    'may not be %j, and the rule is named',
    (id) => {
      expect(() => parseProjectId(id)).toThrow(
        expect.objectContaining({ code: 'project_id_invalid', hint: expect.stringContaining('63') }),
      );
    },
  );

  it('is what a URL takes for a host’s label, unchanged', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => {
        if (isProjectId(text)) expect(new URL(`http://${text}.example.com`).hostname).toBe(`${text}.example.com`);
      }),
    );
  });

  it('is made up of words and a number, of which there are plenty', () => {
    const made = Array.from({ length: 200 }, madeUpId);
    for (const id of made) expect(id).toMatch(/^[a-z]+-[a-z]+-[1-9]\d{3}$/);
    expect(new Set(made).size).toBeGreaterThan(190);
  });

  it('that is refused is shown shortened', () => {
    expect(() => parseProjectId('x'.repeat(10_000))).toThrow(
      expect.objectContaining({ message: expect.toSatisfy((message: string) => message.length < 200) }),
    );
  });
});

describe('where a project is reached', () => {
  it.each([
    ['https://valet.example.com', 'example.com', 'https://demo.example.com/'],
    ['http://localhost:7000', 'localhost', 'http://demo.localhost:7000/'],
    ['https://valet.example.com/', undefined, 'https://valet.example.com/projects/demo/'],
    ['http://localhost:7000', undefined, 'http://localhost:7000/projects/demo/'],
  ])('public %s, domain %s: %s', (publicUrl, domain, url) => {
    expect(new ProjectUrls(publicUrl, domain).of('demo')).toBe(url);
  });
});
