/**
 * Token buckets by key: each holds up to `burst` and is refilled at `perSecond`. The table is bounded;
 * what makes room is a bucket that is full again, for which nothing is lost.
 */

import type { BucketShape, Standing } from '../../ports/shared-buckets.ts';

interface Bucket {
  tokens: number;
  /** When they were counted, milliseconds. */
  at: number;
}

const MOST_BUCKETS = 50_000;
/** How many of the oldest are looked at to make room for one. */
const LOOKED_AT = 16;

export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #most: number;
  #shape: BucketShape;

  constructor(shape: BucketShape, most = MOST_BUCKETS) {
    this.#shape = shape;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Buckets keep what they hold, up to the new burst. */
  reshape(shape: BucketShape): void {
    this.#shape = shape;
  }

  /** Takes a token if there is one. @param now milliseconds of a clock that only goes forward */
  take(key: string, now: number): Standing {
    const bucket = this.#buckets.get(key) ?? this.#add(key, now);
    this.#refill(bucket, now);
    const granted = bucket.tokens >= 1;
    if (granted) bucket.tokens -= 1;
    return this.#standing(bucket, granted);
  }

  /** Whether there is a token, without taking it. A key that was never seen has no bucket made for it. */
  look(key: string, now: number): Standing {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#shape.burst, at: now };
    this.#refill(bucket, now);
    return this.#standing(bucket, bucket.tokens >= 1);
  }

  #standing({ tokens }: Bucket, granted: boolean): Standing {
    const { perSecond, burst } = this.#shape;
    return {
      granted,
      left: Math.floor(tokens),
      fullIn: Math.ceil((burst - tokens) / perSecond),
      nextIn: tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perSecond),
    };
  }

  #refill(bucket: Bucket, now: number): void {
    const { perSecond, burst } = this.#shape;
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
  }

  #add(key: string, now: number): Bucket {
    if (this.#buckets.size >= this.#most) this.#makeRoom(now);
    const bucket = { tokens: this.#shape.burst, at: now };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** The oldest go when they are full again; when none is, the very oldest goes. */
  #makeRoom(now: number): void {
    const oldest = [...this.#buckets.keys().take(LOOKED_AT)];
    const full = oldest.filter((key) => this.look(key, now).left >= this.#shape.burst);
    for (const key of full.length > 0 ? full : oldest.slice(0, 1)) this.#buckets.delete(key);
  }
}
