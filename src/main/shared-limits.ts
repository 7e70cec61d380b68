/** Rate limits that replicas share, where the configuration names a Redis. Its client is loaded only then. */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { UsageError } from '../cli/errors.ts';
import type { SharedBuckets } from '../ports/shared-buckets.ts';
import type { Settings } from './config/schema.ts';

export interface SharedLimitsParts {
  /** The pepper: replicas of one installation have the same. */
  readonly secret: Uint8Array;
  readonly registry: Registry;
  readonly log: Logger;
}

/** Undefined when none is named. @throws RedisError, UsageError for what is unsafe, missing or refused */
export async function openSharedLimits(
  { redis }: Pick<Settings, 'redis'>,
  { secret, registry, log }: SharedLimitsParts,
): Promise<SharedBuckets | undefined> {
  if (redis.url !== undefined && redis.urlFile !== undefined)
    throw new UsageError('both redis.url and redis.urlFile are set', 'Leave one of them out.');
  const url = redis.url ?? (await heldBy('urlFile', redis.urlFile));
  if (url === undefined) return undefined;
  const { createSharedBuckets } = await import('../adapters/redis/shared-buckets.ts');
  const shared = new Gauge({
    name: 'rate_limits_shared',
    help: '1 while replicas share their rate limits, 0 while each limits by itself because Redis does not answer',
    registers: [registry],
  });
  return createSharedBuckets({
    url,
    ca: await heldBy('ca', redis.ca),
    secret,
    onChange: (state) => {
      shared.set(state.up ? 1 : 0);
      if (state.up) log.info({}, 'rate limits are shared with the other replicas');
      else
        log.warn({ err: state.error }, 'Redis does not answer: this replica limits by itself until it does');
    },
  });
}

async function heldBy(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the redis.${name} ${file}: ${error.code}`, undefined, error);
  });
  return text.trim();
}
