/** Hands state to somebody else, and takes it back only as it was: sealed under the pepper, for every replica. */
export interface Sealer {
  /** URL-safe text. @param purpose bound to it: it opens for no other */
  seal(purpose: string, plain: string): string;
  /** Undefined for what was not sealed here for that purpose, or has changed since. */
  unseal(purpose: string, sealed: string): string | undefined;
}
