/** Where `capstan server` keeps logs and outputs: the S3 bucket that the configuration names, else the data directory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalBlobs } from '../adapters/blobs/local-blobs.ts';
import { createS3Blobs } from '../adapters/s3/s3-blobs.ts';
import { UsageError } from '../cli/errors.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Settings } from './config/schema.ts';

/** @throws S3Error, UsageError for what is missing or unsafe: nothing is asked of the server yet */
export async function openBlobs({ s3 }: Pick<Settings, 's3'>, data: string): Promise<BlobStore> {
  const { endpoint, bucket, region, prefix, pathStyle } = s3;
  if (endpoint === undefined && bucket === undefined) return createLocalBlobs({ dir: join(data, 'blobs') });
  const accessKeyId = s3.accessKeyId ?? (await heldBy('accessKeyIdFile', s3.accessKeyIdFile));
  const secretAccessKey = s3.secretAccessKey ?? (await heldBy('secretAccessKeyFile', s3.secretAccessKeyFile));
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) {
    throw new UsageError(
      'an S3 bucket needs s3.endpoint, s3.bucket, s3.accessKeyId and s3.secretAccessKey',
      'Set those that are missing (CAPSTAN_S3_ENDPOINT, CAPSTAN_S3_BUCKET, CAPSTAN_S3_ACCESS_KEY_ID, CAPSTAN_S3_SECRET_ACCESS_KEY), or none of them.',
    );
  }
  return createS3Blobs({ endpoint, bucket, region, prefix, pathStyle, accessKeyId, secretAccessKey });
}

async function heldBy(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the s3.${name} ${file}: ${error.code}`, undefined, error);
  });
  return text.trim();
}
