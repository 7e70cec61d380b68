/** Time and chance, so that no decision takes them from the air. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export interface Chance {
  /** A UUIDv7. */
  uid(now: number): string;
  /** From [0, 1). */
  random(): number;
}
