/**
 * Blobs as objects of an S3 bucket. Objects end with `~`, like the files of the local store: the two
 * have the same names, and servers that keep objects as files can hold `a` beside `a/b`.
 * An object appears whole when its put has ended, so a reader never sees half of one.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BlobInfo, type BlobStore, blobPrefixSegments, blobSegments } from '../../ports/blob-store.ts';
import { refusedBy, type S3Error } from './errors.ts';
import type { S3Options } from './options.ts';
import { type Send, s3Requests } from './requests.ts';

const PART_BYTES = 8 * 1024 * 1024;

/** @throws S3Error `Unsafe` for what would be a danger off this machine */
export function createS3Blobs(options: S3Options): BlobStore {
  const send = s3Requests(options);
  const { prefix = '', partBytes = PART_BYTES } = options;
  const objectOf = (key: string) => `${prefix}${blobSegments(key).join('/')}~`;
  return {
    async put(key, content) {
      return putObject(send, objectOf(key), parts(content, partBytes));
    },
    async read(key, range) {
      return readObject(send, objectOf(key), checked(range));
    },
    async stat(key) {
      return statObject(send, objectOf(key));
    },
    async removeAll(below) {
      await removeBelow(send, `${prefix}${blobPrefixSegments(below).join('/')}/`);
    },
  };
}

/** The content in pieces of one size, but for the last; an empty content is one empty piece. */
async function* parts(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let given = 0;
  for await (const chunk of content) {
    // The source may use its buffer again.
    held.push(Uint8Array.from(chunk));
    bytes += chunk.length;
    while (bytes > size) {
      const all = Buffer.concat(held);
      yield all.subarray(0, size);
      given += 1;
      held = [all.subarray(size)];
      bytes -= size;
    }
  }
  if (bytes > 0 || given === 0) yield Buffer.concat(held);
}

async function putObject(send: Send, key: string, content: AsyncGenerator<Buffer>): Promise<BlobInfo> {
  const first = await content.next();
  const second = await content.next();
  const body: Buffer = first.value ?? Buffer.alloc(0);
  if (second.done) {
    await drained(await send({ method: 'PUT', key, body, what: 'put a blob' }));
    return { bytes: body.length };
  }
  return putInParts(send, key, [body, second.value], content);
}

async function putInParts(
  send: Send,
  key: string,
  begun: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): Promise<BlobInfo> {
  const what = 'put a large blob';
  const created = await send({ method: 'POST', key, query: { uploads: '' }, what });
  const text = await created.text();
  const uploadId = unescaped(/<UploadId>([^<]+)<\/UploadId>/.exec(text)?.[1] ?? '');
  if (uploadId === '') throw refusedBy(what, created.status, text);
  try {
    const etags: string[] = [];
    let bytes = 0;
    const upload = async (body: Buffer) => {
      const query = { partNumber: String(etags.length + 1), uploadId };
      const response = await drained(await send({ method: 'PUT', key, query, body, what }));
      etags.push(response.headers.get('etag') ?? '');
      bytes += body.length;
    };
    for (const body of begun) await upload(body);
    for await (const body of rest) await upload(body);
    await complete(send, key, { uploadId, etags });
    return { bytes };
  } catch (error) {
    // What stays of a broken upload costs, and only a rule of the bucket would remove it.
    await send({ method: 'DELETE', key, query: { uploadId }, what: 'give up a blob' }).catch(() => undefined);
    throw error;
  }
}

async function complete(
  send: Send,
  key: string,
  { uploadId, etags }: { readonly uploadId: string; readonly etags: readonly string[] },
): Promise<void> {
  const list = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
  const what = 'complete a large blob';
  const response = await send({ method: 'POST', key, query: { uploadId }, body, what });
  const text = await response.text();
  // The status is sent before the work is done: an error may follow it.
  if (text.includes('<Error>')) throw refusedBy(what, response.status, text);
}

async function readObject(
  send: Send,
  key: string,
  { offset, limit }: Range,
): Promise<Uint8Array | undefined> {
  if (limit === 0) return (await statObject(send, key)) && new Uint8Array();
  const headers = { range: `bytes=${offset}-${offset + limit - 1}` };
  const response = await send({ method: 'GET', key, headers, what: 'read a blob', alsoTakes: [404, 416] });
  const body = await response.bytes();
  if (response.status === 404) return missing(body);
  if (response.status === 416) return new Uint8Array();
  return response.status === 206 ? body.subarray(0, limit) : body.subarray(offset, offset + limit);
}

/** Nothing is known of a blob when the bucket is not there, or the asker is not known. */
function missing(body: Uint8Array): undefined {
  const text = Buffer.from(body).toString();
  if (!text.includes('<Code>NoSuchKey</Code>')) throw refusedBy('read a blob', 404, text);
}

async function statObject(send: Send, key: string): Promise<BlobInfo | undefined> {
  const response = await send({ method: 'HEAD', key, what: 'look at a blob', alsoTakes: [404] });
  return response.status === 404 ? undefined : { bytes: Number(response.headers.get('content-length')) };
}

/** A batch may fail in part inside an answer of 200; so often in a row, milliseconds between. */
const REMOVALS = { tries: 6, firstPause: 50 };

async function removeBelow(send: Send, prefix: string): Promise<void> {
  const what = 'list blobs';
  let failed = 0;
  for (;;) {
    const listed = await send({
      method: 'GET',
      query: { 'list-type': '2', prefix, 'max-keys': '1000' },
      what,
    });
    const keys = [...(await listed.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) =>
      unescaped(key),
    );
    // A server that keeps objects as files may list a folder: it goes with what is in it.
    const objects = keys.filter((key) => key.startsWith(prefix) && key.endsWith('~'));
    if (objects.length === 0) return;
    const trouble = await removeObjects(send, objects);
    failed = trouble ? failed + 1 : 0;
    if (trouble && failed === REMOVALS.tries) throw trouble;
    if (trouble) await delay(REMOVALS.firstPause * 2 ** failed);
  }
}

/** What will pass, by the protocol's own words: such as an object that is written in this moment. */
const PASSING = /<Code>(InternalError|SlowDown|ServiceUnavailable|OperationAborted)<\/Code>/;

/** Returns what was wrong when the rest is worth another try. Throws when it is not. */
async function removeObjects(send: Send, keys: readonly string[]): Promise<S3Error | undefined> {
  const list = keys.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`).join('');
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${list}</Delete>`);
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  const what = 'remove blobs';
  const response = await send({ method: 'POST', query: { delete: '' }, headers, body, what });
  const text = await response.text();
  if (!text.includes('<Error>')) return undefined;
  const refused = refusedBy(what, response.status, text);
  if (PASSING.test(text)) return refused;
  throw refused;
}

/** So that the connection is free for the next one. */
async function drained(response: Response): Promise<Response> {
  await response.arrayBuffer();
  return response;
}

interface Range {
  readonly offset: number;
  readonly limit: number;
}

function checked(range: Range): Range {
  const sound = [range.offset, range.limit].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!sound) throw new RangeError('offset and limit are non-negative integers');
  return range;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
