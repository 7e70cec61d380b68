/** S50 and S51: SECURITY.md has a private channel, the promised times, and no placeholder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../product/product.ts';

const policy = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

describe('S50: the security policy', () => {
  test('names a private channel, and asks for no public issue', () => {
    expect(policy).toMatch(/private vulnerability reporting/i);
    expect(policy).toMatch(/no public issue/i);
  });

  test.each(['example.com', 'example.org', 'TODO', 'TBD', 'FIXME', 'your-', '<', 'lorem', 'xxx', 'CHANGEME'])(
    'holds no placeholder: %s',
    (placeholder) => {
      expect(policy.toLowerCase()).not.toContain(placeholder.toLowerCase());
    },
  );

  test('names the release that is supported', () => {
    expect(policy).toContain(`now ${version.split('.').slice(0, 2).join('.')}`);
  });

  test('is shipped with the package', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('SECURITY.md');
  });
});

test.each(['48 hours', '7 days', '14 days', '30 days', '60 days'])('S51: the policy promises %s', (time) => {
  expect(policy).toContain(time);
});
