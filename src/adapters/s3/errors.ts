/** What can be wrong with an S3 store. Never repeats a key, a signature or a whole URL. */

export type S3ErrorCode = 'Refused' | 'Unreachable' | 'Unsafe';

export class S3Error extends Error {
  readonly code: S3ErrorCode;
  /** What the person in front of it can do. */
  readonly next: string;
  readonly status: number | undefined;

  constructor(code: S3ErrorCode, said: { message: string; next: string; status?: number; cause?: unknown }) {
    super(`${said.message}. ${said.next}`, { cause: said.cause });
    this.name = 'S3Error';
    this.code = code;
    this.next = said.next;
    this.status = said.status;
  }
}

/** The server's own word: `AccessDenied`, `NoSuchBucket`, … */
export function refusedBy(what: string, status: number, body: string): S3Error {
  const code = /<Code>([A-Za-z0-9.]{1,60})<\/Code>/.exec(body)?.[1] ?? `status ${status}`;
  const region = /<Region>([a-z0-9-]{1,40})<\/Region>/.exec(body)?.[1];
  return new S3Error('Refused', {
    message: `the S3 server refused to ${what}: ${code}`,
    next: region
      ? `The bucket is in region ${region}: set s3.region.`
      : 'Check s3.bucket, s3.region, the credentials and what they may do (get, put, list, delete).',
    status,
  });
}

export function unreachable(what: string, cause: unknown): S3Error {
  return new S3Error('Unreachable', {
    message: `the S3 server does not answer (${what})`,
    next: 'Check s3.endpoint and the network; what was acknowledged before is kept.',
    cause,
  });
}
