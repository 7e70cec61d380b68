import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBlobs } from './blobs.ts';
import { resolveConfig } from './config/resolve.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'capstan-blobs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(env: Record<string, string>) {
  const { settings, problems } = resolveConfig({ flags: {}, env, cwd: dir });
  expect(problems).toEqual([]);
  if (!settings) throw new Error('there are no settings');
  return openBlobs(settings, dir);
}

const S3 = {
  CAPSTAN_S3_ENDPOINT: 'https://s3.example.com',
  CAPSTAN_S3_BUCKET: 'jobs',
  CAPSTAN_S3_ACCESS_KEY_ID: 'of-its-own',
  CAPSTAN_S3_SECRET_ACCESS_KEY: 'canary-of-its-own',
};

test('without a bucket they are kept in the data directory', async () => {
  const blobs = await open({});
  await blobs.put('a', (async function* () {})());
  expect(await blobs.stat('a')).toEqual({ bytes: 0 });
});

test('credentials may be files', async () => {
  writeFileSync(join(dir, 'id'), 'of-its-own\n');
  writeFileSync(join(dir, 'secret'), 'canary-of-its-own\n');
  const { CAPSTAN_S3_ACCESS_KEY_ID: _, CAPSTAN_S3_SECRET_ACCESS_KEY: __, ...rest } = S3;
  const files = { CAPSTAN_S3_ACCESS_KEY_ID_FILE: 'id', CAPSTAN_S3_SECRET_ACCESS_KEY_FILE: 'secret' };
  expect(await open({ ...rest, ...files })).toBeDefined();
});

test.each([
  { what: 'no secret', change: { CAPSTAN_S3_SECRET_ACCESS_KEY: '' }, says: 'CAPSTAN_S3_SECRET_ACCESS_KEY' },
  { what: 'no endpoint', change: { CAPSTAN_S3_ENDPOINT: '' }, says: 'CAPSTAN_S3_ENDPOINT' },
  { what: 'plain HTTP', change: { CAPSTAN_S3_ENDPOINT: 'http://s3.example.com' }, says: 'https' },
  { what: 'the key of every manual', change: { CAPSTAN_S3_ACCESS_KEY_ID: 'minioadmin' }, says: 'of its own' },
])('$what is refused before the first request', async ({ change, says }) => {
  await expect(open({ ...S3, ...change })).rejects.toMatchObject({ next: expect.stringContaining(says) });
});
