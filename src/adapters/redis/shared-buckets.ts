/**
 * Rate limits that replicas share, in Redis. It is no part of what a request needs: one that is away, or
 * too slow, leaves each replica with its own buckets, and is asked again a moment later
 * (docs/adr/0015-shared-limits-fail-open.md).
 */
import { createHmac } from 'node:crypto';
import { createClient } from '@redis/client';
import type { BucketShape, SharedBuckets, Standing } from '../../ports/shared-buckets.ts';
import { type RedisAddress, redisAddress } from './address.ts';
import { RedisError } from './errors.ts';
import { standingOf, takeScript } from './take-script.ts';

export interface SharedBucketsOptions {
  readonly url: string;
  /** Certificates of an authority of one's own, PEM. */
  readonly ca?: string | undefined;
  /** Under which names of buckets are hashed: replicas have the same, other installations another. */
  readonly secret: Uint8Array;
  /** Told when it changes whether Redis answers; at first too. */
  readonly onChange: (state: RedisState) => void;
}

export type RedisState = { readonly up: true } | { readonly up: false; readonly error: unknown };

/** How long a request waits for Redis, milliseconds: once a second at most, for one that hangs. */
const ANSWER_WITHIN = 250;
/** After a failure nobody waits for Redis for so long, milliseconds. */
const LEFT_ALONE = 1000;
const CONNECT_WITHIN = 2000;
/** Between tries to connect at most, milliseconds. */
const RECONNECT_AT_MOST = 2000;
/** Takes that wait for an answer; beyond, Redis is too slow to be asked. */
const MOST_WAITING = 10_000;

/**
 * Connects if it can. One that cannot be reached now is no reason not to start; one that refuses who asks
 * is.
 *
 * @throws RedisError `Unsafe` for what may not be connected to, or asks nobody for the password of the URL;
 * `Refused` for wrong credentials
 */
export async function createSharedBuckets(options: SharedBucketsOptions): Promise<SharedBuckets> {
  const buckets = new RedisBuckets(options);
  await buckets.connect();
  return buckets;
}

function socketFor({ host, port, tls }: RedisAddress, ca: string | undefined) {
  const common = { host, port, connectTimeout: CONNECT_WITHIN };
  return tls
    ? { ...common, tls: true as const, minVersion: 'TLSv1.2' as const, ...(ca ? { ca } : {}) }
    : common;
}

function clientFor({ url, ca }: SharedBucketsOptions) {
  const address = redisAddress(url);
  const { username, password, database } = address;
  const reconnectStrategy = (retries: number) => Math.min(RECONNECT_AT_MOST, 50 * 2 ** Math.min(retries, 6));
  return createClient({
    socket: { ...socketFor(address, ca), reconnectStrategy },
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    database,
    // What is asked while it is away is answered here, at once.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    scripts: { takeToken: takeScript },
  });
}

/** A Redis without a password takes any: whoever does not show one must be turned away (S19). */
async function letsAnybodyIn({ url, ca }: SharedBucketsOptions): Promise<boolean> {
  const address = redisAddress(url);
  if (address.password === undefined) return false;
  const stranger = createClient({ socket: { ...socketFor(address, ca), reconnectStrategy: false } });
  stranger.on('error', () => undefined);
  try {
    await within(CONNECT_WITHIN, stranger.connect());
    return (await within(CONNECT_WITHIN, stranger.ping())) === 'PONG';
  } catch {
    return false;
  } finally {
    if (stranger.isOpen) stranger.destroy();
  }
}

class RedisBuckets implements SharedBuckets {
  readonly #options: SharedBucketsOptions;
  readonly #client: ReturnType<typeof clientFor>;
  #up: boolean | undefined;
  #askAgainAt = 0;
  #closed = false;

  constructor(options: SharedBucketsOptions) {
    this.#options = options;
    this.#client = clientFor(options);
    this.#client.on('error', (error: unknown) => this.#failed(error));
  }

  async connect(): Promise<void> {
    let refused: unknown;
    this.#client.on('error', (error: unknown) => {
      if (isRefusal(error)) refused = error;
    });
    const connecting = this.#begin().catch((error: unknown) => {
      if (isRefusal(error)) refused = error;
      this.#failed(error);
    });
    await within(CONNECT_WITHIN, connecting).catch((error: unknown) => this.#failed(error));
    if (this.#up && (await letsAnybodyIn(this.#options))) {
      await this.close();
      throw new RedisError('Unsafe', {
        message: 'the Redis of redis.url (CAPSTAN_REDIS_URL) asks nobody for a password',
        next: 'Set requirepass there, or a password for the default user (ACL SETUSER default on >…).',
      });
    }
    if (refused === undefined) return;
    await this.close();
    throw new RedisError('Refused', {
      message:
        'Redis does not let Capstan in: user or password in redis.url (CAPSTAN_REDIS_URL) are wrong, or none is set there',
      next: 'Compare them with `ACL LIST`, or requirepass, of that Redis.',
      cause: refused,
    });
  }

  /** With the script there, so that the first takes do not ask twice. */
  async #begin(): Promise<void> {
    await this.#client.connect();
    await this.#client.scriptLoad(takeScript.SCRIPT);
    this.#note({ up: true });
  }

  async take(bucket: { kind: string; owner: string }, shape: BucketShape): Promise<Standing | undefined> {
    if (!this.#client.isReady || performance.now() < this.#askAgainAt) return undefined;
    try {
      const reply = await within(ANSWER_WITHIN, this.#client.takeToken(this.#keyOf(bucket), shape));
      this.#note({ up: true });
      return standingOf(reply, shape);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** Neither keys' ids nor addresses are told to Redis. */
  #keyOf({ kind, owner }: { kind: string; owner: string }): string {
    const hash = createHmac('sha256', this.#options.secret).update(`rate-limit\n${kind}\n${owner}`);
    return `capstan:limit:${hash.digest('base64url').slice(0, 22)}`;
  }

  #failed(error: unknown): void {
    this.#askAgainAt = performance.now() + LEFT_ALONE;
    this.#note({ up: false, error });
  }

  #note(state: RedisState): void {
    if (this.#closed || state.up === this.#up) return;
    this.#up = state.up;
    this.#options.onChange(state);
  }
}

/** https://redis.io/docs/latest/commands/auth/: wrong, missing, or not allowed to do what is asked. */
function isRefusal(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|Client sent AUTH|invalid password))/.test(message);
}

/** In so many steps is waited, each of which counts as its own length, however long it took. */
const STEPS = 5;

/**
 * The answer that comes too late is nobody's any more. Time in which this process itself was too busy to
 * look does not count: otherwise a server under load would find a Redis too slow that answered at once.
 */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  const { promise: late, reject } = Promise.withResolvers<never>();
  let left = STEPS;
  let timer: NodeJS.Timeout | undefined;
  const step = () => {
    left -= 1;
    if (left >= 0) timer = setTimeout(step, ms / STEPS);
    // Timers come before what has arrived: it is looked at once more.
    else setImmediate(() => reject(new Error(`Redis did not answer within ${ms} ms`)));
  };
  step();
  try {
    return await Promise.race([answer, late]);
  } finally {
    left = 0;
    clearTimeout(timer);
  }
}
