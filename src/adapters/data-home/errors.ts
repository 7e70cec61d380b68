/** What can be wrong with a data directory, each with what to do next. */

export type DataHomeErrorCode =
  | 'DataDirHeld'
  | 'DataDirUnusable'
  | 'DataDirNotTraversable'
  | 'AreaMissing'
  | 'RunDirUnusable';

export class DataHomeError extends Error {
  readonly code: DataHomeErrorCode;
  /** What the person in front of it can do. */
  readonly next: string;

  constructor(code: DataHomeErrorCode, said: { message: string; next: string; cause?: unknown }) {
    super(`${said.message}. ${said.next}`, { cause: said.cause });
    this.name = 'DataHomeError';
    this.code = code;
    this.next = said.next;
  }
}

/** Another live process uses the directory. */
export class DataDirHeld extends DataHomeError {
  /** Absent when the holder has not said yet who it is. */
  readonly pid: number | undefined;
  readonly since: Date | undefined;

  constructor(dir: string, holder?: { pid: number; since: Date }) {
    const who = holder ? `process ${holder.pid} since ${holder.since.toISOString()}` : 'another process';
    super('DataDirHeld', {
      message: `${dir} is in use by ${who}`,
      next: 'Stop that process, or choose another directory with --data.',
    });
    this.name = 'DataDirHeld';
    this.pid = holder?.pid;
    this.since = holder?.since;
  }
}

/** The `code` of a system error (`ENOENT`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
