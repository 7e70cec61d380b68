/** The signing key of the audit, and the heads that this server keeps beside it: both outside the database. */
import type { Signed } from '../core/audit/signed.ts';

export interface AuditKeys {
  /** Of the chain that records are put into: the same for as long as the key is. */
  readonly name: string;
  /** SHA-256, hexadecimal. */
  digest(text: string): string;
  sign(body: string): Signed;
  /** False for a wrong signature; undefined for a key that is not pinned here. */
  signedBy(signed: Signed): boolean | undefined;
  /** Keeps a head, durably. */
  note(head: Signed): Promise<void>;
  /** Heads kept here, oldest first. */
  noted(): Promise<readonly Signed[]>;
  /** PEM of the own public key: what a verifier pins. */
  readonly publicKey: string;
}
