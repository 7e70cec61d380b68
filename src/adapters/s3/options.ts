/** Where the bucket is and who asks. What would be unsafe off this machine is refused before the first request. */
import { blobPrefixSegments } from '../../ports/blob-store.ts';
import { S3Error } from './errors.ts';

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`; plain HTTP only on loopback. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Before every key; ends with `/`. */
  readonly prefix?: string | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; most servers but Amazon's want it. */
  readonly pathStyle?: boolean | undefined;
  /** Of each part of a large blob, bytes; S3 takes 5 MiB and more. Smaller in tests. */
  readonly partBytes?: number | undefined;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What servers come with, and their manuals show: whoever reaches them knows it. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  'minioadmin',
  'minio123',
  'miniopassword',
  'rustfsadmin',
  'password',
  'admin',
  'secret',
  'changeme',
  'test',
  'testing',
  'any',
  'accesskey',
  'secretkey',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
]);

/** The URL that keys are appended to, ending with `/`. @throws S3Error `Unsafe` */
export function bucketUrl(options: S3Options): URL {
  const { endpoint, bucket, pathStyle = false, prefix } = options;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search) {
    throw unsafe(
      's3.endpoint is no http(s) URL without user and query',
      'Write it like https://s3.example.com.',
    );
  }
  if (!BUCKET.test(bucket))
    throw unsafe('s3.bucket is no name of a bucket', 'Write it as the server lists it.');
  if (prefix) blobPrefixSegments(prefix);
  const local = LOOPBACK.test(url.hostname);
  if (!local && url.protocol === 'http:') {
    throw unsafe(
      's3.endpoint is plain HTTP off loopback',
      'Use https, as logs and outputs are confidential.',
    );
  }
  if (!local && [options.accessKeyId, options.secretAccessKey].some((key) => WELL_KNOWN.has(key))) {
    throw unsafe(
      'the S3 credentials are ones that every manual shows',
      'Make a key of its own for Capstan, for this bucket alone.',
    );
  }
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
  const base = url.pathname.replace(/\/$/, '');
  url.pathname = pathStyle ? `${base}/${bucket}/` : `${base}/`;
  return url;
}

function unsafe(message: string, next: string): S3Error {
  return new S3Error('Unsafe', { message, next });
}
