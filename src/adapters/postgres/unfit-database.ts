/** A database that Capstan will not use, with what to do about it. */
export type UnfitReason =
  | 'TooOld'
  | 'NotDurable'
  | 'NewerSchema'
  | 'ChangedMigration'
  | 'NotVerified'
  | 'KnownPassword'
  | 'BadUrl';

export class UnfitDatabase extends Error {
  override readonly name = 'UnfitDatabase';
  readonly reason: UnfitReason;
  readonly next: string;

  constructor(reason: UnfitReason, said: { readonly message: string; readonly next: string }) {
    super(`${said.message}. ${said.next}`);
    this.reason = reason;
    this.next = said.next;
  }
}
