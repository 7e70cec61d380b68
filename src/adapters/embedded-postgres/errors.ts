/** What can go wrong with the embedded database, each with what to do next. */

export type EmbeddedPostgresErrorCode =
  | 'PlatformUnsupported'
  | 'RuntimeUnusable'
  | 'InitFailed'
  | 'StartFailed'
  | 'StartTimedOut'
  | 'DrainFailed'
  | 'VersionMismatch'
  | 'UpgradeNoRoom'
  | 'UpgradeLeftovers'
  | 'PasswordMismatch'
  | 'PasswordMissing'
  | 'NotRunning'
  | 'UserSwitchRefused'
  | 'UserUnknown'
  | 'SocketPathTooLong'
  | 'ProcessUnclear';

export interface Said {
  readonly message: string;
  /** What the person in front of it can do. */
  readonly next: string;
  readonly cause?: unknown;
}

export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  readonly next: string;

  constructor(code: EmbeddedPostgresErrorCode, { message, next, cause }: Said) {
    super(`${message}. ${next}`, { cause });
    this.name = 'EmbeddedPostgresError';
    this.code = code;
    this.next = next;
  }
}

/** The `code` of a system or database error (`ENOENT`, `57P03`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
