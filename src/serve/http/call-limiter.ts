/**
 * What one caller may use of the server: requests a second, open streams, connections, and of all
 * together the bytes of bodies in memory. Refused before anything is done, so that a repetition is safe.
 */
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Refused } from '../../core/errors/refused.ts';
import type { BucketShape, SharedBuckets, Standing } from '../../ports/shared-buckets.ts';
import type { Principal } from './exchange.ts';
import { answerBare } from './node-server.ts';
import type { CallerLimits, HttpOptions } from './options.ts';
import { TokenBuckets } from './token-buckets.ts';

export type Kind = 'reads' | 'writes' | 'failures';

/** As the fields of https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.html */
export interface CallStanding {
  /** `"reads";q=20000;w=2` */
  readonly policy: string;
  /** `"reads";r=19999;t=1` */
  readonly left: string;
  readonly refused: Refused | undefined;
}

export interface LimiterParts {
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Where replicas share their limits. */
  readonly shared?: SharedBuckets | undefined;
}

/** More addresses than that are barred by their own replica alone. */
const MOST_BARRED = 10_000;

export class CallLimiter {
  readonly #options: HttpOptions;
  readonly #now: () => number;
  readonly #shared: SharedBuckets | undefined;
  readonly #buckets: Record<Kind, TokenBuckets>;
  /** Addresses that failed too often with all replicas together, and until when. */
  readonly #barred = new Map<string, number>();
  readonly #streams = new Map<string, number>();
  readonly #connections = new Map<string, number>();
  #limits: CallerLimits;
  #policies: Record<Kind, string>;
  #bodyBytes = 0;

  constructor(options: HttpOptions, { now = () => performance.now(), shared }: LimiterParts = {}) {
    this.#options = options;
    this.#now = now;
    this.#shared = shared;
    this.#limits = options.limits;
    this.#buckets = {
      reads: new TokenBuckets(shapeOf('reads', this.#limits)),
      writes: new TokenBuckets(shapeOf('writes', this.#limits)),
      failures: new TokenBuckets(shapeOf('failures', this.#limits)),
    };
    this.#policies = policiesOf(this.#limits);
  }

  limit(limits: CallerLimits): void {
    this.#limits = limits;
    this.#policies = policiesOf(limits);
    for (const kind of KINDS) this.#buckets[kind].reshape(shapeOf(kind, limits));
  }

  /**
   * Counts one request of a key: here first, so that what this replica alone refuses asks nobody, and
   * so that its own buckets are true when the shared ones can not be asked.
   */
  take(owner: string, kind: 'reads' | 'writes'): CallStanding | Promise<CallStanding> {
    const own = this.#buckets[kind].take(owner, this.#now());
    if (!this.#shared || !own.granted) return this.#standing(kind, own);
    return this.#takeShared(owner, kind).then((all) => this.#standing(kind, all ?? own));
  }

  /** Counts a request that needs no key, such as a sign-in. @throws Refused `limit.rate` */
  async attempt(address: string): Promise<void> {
    const own = this.#buckets.failures.take(address, this.#now());
    const standing = own.granted ? ((await this.#takeShared(address, 'failures')) ?? own) : own;
    if (!standing.granted) throw this.#tooMany('failures', standing.nextIn);
  }

  /** Whoever failed too often with all replicas together is barred here from the next request on. */
  failed(address: string): void {
    this.#buckets.failures.take(address, this.#now());
    void this.#takeShared(address, 'failures').then((all) => {
      if (all && !all.granted) this.#bar(address, this.#now() + all.nextIn * 1000);
    });
  }

  /** @throws Refused `limit.rate` for an address that failed too often, before its next key is looked at */
  checkFailures(address: string): void {
    const barredFor = (this.#barred.get(address) ?? 0) - this.#now();
    if (barredFor > 0) throw this.#tooMany('failures', Math.ceil(barredFor / 1000));
    if (this.#buckets.failures.size === 0) return;
    const { granted, nextIn } = this.#buckets.failures.look(address, this.#now());
    if (!granted) throw this.#tooMany('failures', nextIn);
  }

  async #takeShared(owner: string, kind: Kind): Promise<Standing | undefined> {
    return this.#shared?.take({ kind, owner }, shapeOf(kind, this.#limits));
  }

  #bar(address: string, until: number): void {
    this.#barred.delete(address);
    this.#barred.set(address, until);
    const [oldest] = this.#barred.keys();
    if (this.#barred.size > MOST_BARRED && oldest !== undefined) this.#barred.delete(oldest);
  }

  #standing(kind: Kind, { granted, left, fullIn, nextIn }: Standing): CallStanding {
    return {
      policy: this.#policies[kind],
      left: `"${kind}";r=${left};t=${fullIn}`,
      refused: granted ? undefined : this.#tooMany(kind, nextIn),
    };
  }

  #tooMany(kind: Kind, seconds: number): Refused {
    const limit = shapeOf(kind, this.#limits).perSecond;
    return new Refused('limit.rate', { kind, limit, seconds }, { retryAfter: seconds });
  }

  /** Returns what gives the place back, once. @throws Refused `limit.streams` */
  openStream(owner: string): () => void {
    const limit = this.#limits.streamsPerKey;
    if ((this.#streams.get(owner) ?? 0) >= limit) {
      throw new Refused('limit.streams', { limit }, { retryAfter: 5 });
    }
    return counted(this.#streams, owner);
  }

  /** Reserves memory for a body until its answer is over. @throws Refused `limit.busy` */
  holdBody(headers: IncomingHttpHeaders, response: ServerResponse): void {
    const bytes = this.#announced(headers);
    if (bytes === 0) return;
    if (this.#bodyBytes + bytes > this.#limits.bodyBytesInFlight) throw new Refused('limit.busy');
    this.#bodyBytes += bytes;
    response.once('close', () => {
      this.#bodyBytes -= bytes;
    });
  }

  /** A body without a length may be as large as any; one that is too large is refused when it is read. */
  #announced(headers: IncomingHttpHeaders): number {
    const { bodyLimit } = this.#options;
    if (headers['transfer-encoding'] !== undefined) return bodyLimit;
    return Math.min(Number(headers['content-length'] ?? 0) || 0, bodyLimit);
  }

  watchConnections(server: Server): void {
    if (this.#options.behindProxy) return;
    server.on('connection', (socket: Socket) => this.#admit(socket));
  }

  #admit(socket: Socket): void {
    const address = networkOf(socket.remoteAddress);
    const limit = this.#limits.connectionsPerAddress;
    const many = (this.#connections.get(address) ?? 0) >= limit;
    // A refusal in plain text would be none to a client that has begun a handshake.
    if (many && this.#options.tls) socket.destroy();
    else if (many) answerBare(socket, new Refused('limit.connections', { limit }, { retryAfter: 5 }));
    else socket.once('close', counted(this.#connections, address));
  }
}

const KINDS: readonly Kind[] = ['reads', 'writes', 'failures'];

function shapeOf(kind: Kind, limits: CallerLimits): BucketShape {
  switch (kind) {
    case 'reads':
      return { perSecond: limits.readsPerSecond, burst: limits.readBurst };
    case 'writes':
      return { perSecond: limits.writesPerSecond, burst: limits.writeBurst };
    case 'failures':
      return { perSecond: limits.failuresPerSecond, burst: limits.failureBurst };
  }
}

/** A bucket of `q` that is full again after `w` seconds. */
function policiesOf(limits: CallerLimits): Record<Kind, string> {
  const policy = (kind: Kind) => {
    const { perSecond, burst } = shapeOf(kind, limits);
    return `"${kind}";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
  };
  return { reads: policy('reads'), writes: policy('writes'), failures: policy('failures') };
}

/** Counts one more; returns what counts it off, once. */
function counted(counts: Map<string, number>, key: string): () => void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    const left = (counts.get(key) ?? 1) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
}

/** Whose limits a request uses: those of its key, or of the person where there is none. */
export function ownerOf({ credential, id }: Principal): string {
  return credential ?? id;
}

/** Who asks: the peer, or what the nearest proxy says. Only the last entry is the proxy's own word. */
export function addressOf(request: FastifyRequest, behindProxy: boolean): string {
  const forwarded = behindProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = String(forwarded ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return networkOf(last || request.socket.remoteAddress);
}

/** Of IPv6 the first 64 bits: whoever has one address there has all of them. */
function networkOf(address: string | undefined): string {
  if (address === undefined) return '';
  const bare = address.slice(0, 64);
  if (!isIPv6(bare) || bare.startsWith('::ffff:')) return bare;
  const [head = '', tail] = bare.split('::');
  const first = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - rest.length;
  return [...first, ...Array<string>(zeros).fill('0'), ...rest].slice(0, 4).join(':');
}
