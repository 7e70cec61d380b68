/** Limits of the HTTP server. Durations are milliseconds, sizes bytes; tests pass small ones. */

/** What a caller may use; may be changed while the server runs. */
export interface CallerLimits {
  /** Requests a second and key, and how many may come at once. */
  readonly readsPerSecond: number;
  readonly readBurst: number;
  readonly writesPerSecond: number;
  readonly writeBurst: number;
  /** Requests without a valid key, a second and address. */
  readonly failuresPerSecond: number;
  readonly failureBurst: number;
  readonly streamsPerKey: number;
  /** Not counted behind a proxy: all come from it. */
  readonly connectionsPerAddress: number;
  /** Of all bodies of requests that are being answered. */
  readonly bodyBytesInFlight: number;
}

export interface HttpOptions {
  /** Largest body. */
  readonly bodyLimit: number;
  /** Request line and headers together. */
  readonly headerLimit: number;
  /** From the first byte of a request to its last: what drips in slower is cut off. */
  readonly requestMs: number;
  /** The same for the headers alone. */
  readonly headersMs: number;
  /** How often the two above are looked at. */
  readonly sweepMs: number;
  /** A connection on which no byte moves for so long is closed; heartbeats count as movement. */
  readonly idleMs: number;
  /** How long a connection waits for its next request. */
  readonly keepAliveMs: number;
  /** Longest time to answer; streams and downloads are not bound by it. */
  readonly answerMs: number;
  /** Between comments on an otherwise silent stream. */
  readonly heartbeatMs: number;
  /** Between looks at whether the key of an open stream still holds. */
  readonly watchMs: number;
  /** How long a stream's head waits for its first item, so that a refusal has its own status. */
  readonly firstItemMs: number;
  readonly limits: CallerLimits;
  /** A proxy in front says in X-Forwarded-For who asks. */
  readonly behindProxy: boolean;
  /** PEM. Without it plain HTTP is spoken: for loopback, or behind a proxy that ends TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

export const DEFAULT_OPTIONS: HttpOptions = {
  bodyLimit: 1024 * 1024,
  headerLimit: 16 * 1024,
  requestMs: 30_000,
  headersMs: 15_000,
  sweepMs: 2_000,
  idleMs: 60_000,
  keepAliveMs: 65_000,
  answerMs: 30_000,
  heartbeatMs: 15_000,
  watchMs: 1000,
  firstItemMs: 100,
  limits: {
    readsPerSecond: 10_000,
    readBurst: 20_000,
    writesPerSecond: 10_000,
    writeBurst: 20_000,
    failuresPerSecond: 50,
    failureBurst: 1000,
    streamsPerKey: 500,
    connectionsPerAddress: 2000,
    bodyBytesInFlight: 256 * 1024 * 1024,
  },
  behindProxy: false,
};
