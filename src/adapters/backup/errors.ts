/** What can be wrong with a backup, or with the place that it is to go to; each with what to do next. */

export type BackupErrorCode =
  | 'NotABackup'
  | 'NewerFormat'
  | 'NewerSchema'
  | 'ChangedMigration'
  | 'Truncated'
  | 'Damaged'
  | 'NoKeys'
  | 'Passphrase'
  | 'NothingThere'
  | 'NotEmpty'
  | 'FileExists'
  | 'CopyDiffers';

export class BackupError extends Error {
  readonly code: BackupErrorCode;
  /** What the person in front of it can do. */
  readonly next: string;

  constructor(code: BackupErrorCode, said: { message: string; next: string; cause?: unknown }) {
    super(`${said.message}. ${said.next}`, { cause: said.cause });
    this.name = 'BackupError';
    this.code = code;
    this.next = said.next;
  }
}

/** Content and hashes disagree, or a line is not what stands at that place. */
export function damaged(what: string, cause?: unknown): BackupError {
  return new BackupError('Damaged', {
    message: `the backup is damaged: ${what}`,
    next: 'Nothing was restored. Use another backup, or another copy of this one.',
    cause,
  });
}
