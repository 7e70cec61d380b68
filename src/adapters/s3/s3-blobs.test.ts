import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobConformance, chunks, textAt } from '../../ports/testing/blob-conformance.ts';
import { bucketUrl, type S3Options } from './options.ts';
import { createS3Blobs } from './s3-blobs.ts';
import { type S3Server, startS3Server, whyNoServer } from './testing/s3-server.ts';

const missing = whyNoServer();
if (missing) console.warn(`the tests against a real S3 server are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('against a real server', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server?.stop());

  let count = 0;
  blobConformance('an S3 bucket', async () => {
    const prefix = `test-${count++}/`;
    const blobs = createS3Blobs({ ...server.options, prefix });
    return { blobs, close: () => createS3Blobs(server.options).removeAll(prefix) };
  });

  const PART = 5 * 1024 * 1024;
  const piece = Buffer.alloc(1024 * 1024, 'abcdefgh');

  test.each([
    { what: 'a part and a little', mebibytes: 6 },
    { what: 'two parts and a rest', mebibytes: 12 },
    { what: 'three whole parts', mebibytes: 15 },
  ])('keeps a blob of $what', async ({ mebibytes }) => {
    const blobs = createS3Blobs({ ...server.options, partBytes: PART });
    const put = await blobs.put('large', chunks(...Array.from({ length: mebibytes }, () => piece)));
    expect(put).toEqual({ bytes: mebibytes * piece.length });
    expect(await blobs.stat('large')).toEqual(put);
    const at = { offset: PART - 3, limit: 6 };
    expect(await textAt(blobs, 'large', at)).toBe('fghabc');
  });

  test('leaves nothing of a large blob that broke off', async () => {
    const blobs = createS3Blobs({ ...server.options, partBytes: PART });
    const broken = async function* () {
      for (let index = 0; index < 12; index += 1) yield piece;
      throw new Error('the source broke');
    };
    await expect(blobs.put('broken/it', broken())).rejects.toThrow('the source broke');
    expect(await blobs.stat('broken/it')).toBeUndefined();
    const uploads = `${server.dir}/.sgwtmp/multipart`;
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
  });

  test('removes more than one answer can list', async () => {
    const blobs = createS3Blobs(server.options);
    for (let from = 0; from < 1100; from += 50) {
      const keys = Array.from({ length: 50 }, (_, index) => `many/${from + index}`);
      await Promise.all(keys.map((key) => blobs.put(key, chunks('x'))));
    }
    await blobs.removeAll('many/');
    expect(await blobs.stat('many/0')).toBeUndefined();
    expect(await blobs.stat('many/1099')).toBeUndefined();
  });

  test.each([
    { what: 'a wrong secret', change: { secretAccessKey: 'canary-secret' }, says: 'SignatureDoesNotMatch' },
    { what: 'an unknown key', change: { accessKeyId: 'nobody' }, says: 'refused to put a blob' },
    { what: 'a bucket that is not there', change: { bucket: 'other-bucket' }, says: 'NoSuchBucket' },
  ])('says what the server says of $what, and no secret', async ({ change, says }) => {
    const blobs = createS3Blobs({ ...server.options, ...change });
    const error = await blobs.put('k', chunks('x')).catch((refusal: Error) => refusal);
    expect(error).toMatchObject({ code: 'Refused', message: expect.stringContaining(says) });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary');
    await expect(blobs.read('k', { offset: 0, limit: 1 })).rejects.toMatchObject({ code: 'Refused' });
  });
});

describe('the address of a bucket', () => {
  const options: S3Options = {
    endpoint: 'https://s3.example.com',
    bucket: 'jobs',
    region: 'eu-central-1',
    accessKeyId: 'AKIDEXAMPLEOWN',
    secretAccessKey: 'a-secret-of-its-own',
  };

  test.each([
    { change: {}, want: 'https://jobs.s3.example.com/' },
    { change: { pathStyle: true }, want: 'https://s3.example.com/jobs/' },
    { change: { pathStyle: true, endpoint: 'http://127.0.0.1:9000/' }, want: 'http://127.0.0.1:9000/jobs/' },
  ])('$want', ({ change, want }) => {
    expect(bucketUrl({ ...options, ...change }).href).toBe(want);
  });

  test.each([
    { what: 'plain HTTP off loopback', change: { endpoint: 'http://s3.example.com' } },
    { what: 'a name that only begins like loopback', change: { endpoint: 'http://localhost.example.com' } },
    { what: 'no URL', change: { endpoint: 's3.example.com' } },
    { what: 'a password in the URL', change: { endpoint: 'https://a:b@s3.example.com' } },
    { what: 'a bucket that leads elsewhere', change: { bucket: 'a/../b' } },
    { what: 'the key that every manual shows', change: { accessKeyId: 'minioadmin' } },
    { what: 'the secret that every manual shows', change: { secretAccessKey: 'minioadmin' } },
  ])('$what is refused', ({ change }) => {
    expect(() => createS3Blobs({ ...options, ...change })).toThrow(
      expect.objectContaining({ code: 'Unsafe', next: expect.any(String) }),
    );
  });

  test('on loopback, well-known credentials are for tests', () => {
    expect(() =>
      bucketUrl({ ...options, endpoint: 'http://localhost:9000', accessKeyId: 'minioadmin' }),
    ).not.toThrow();
  });
});
