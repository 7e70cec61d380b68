/** Limits of the HTTP server. Durations are milliseconds, sizes bytes; tests pass small ones. */

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
  /** Between comments on an otherwise silent stream, and between looks at whether its key still holds. */
  readonly heartbeatMs: number;
  /** How long a stream's head waits for its first item, so that a refusal has its own status. */
  readonly firstItemMs: number;
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
  firstItemMs: 100,
};
