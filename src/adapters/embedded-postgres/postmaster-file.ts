/** PostgreSQL's own note in its data directory: who runs it, where its socket is, how far it is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const POSTMASTER_FILE = 'postmaster.pid';

export type PostmasterStatus = 'starting' | 'ready' | 'stopping' | 'unknown';

export interface PostmasterFile {
  readonly pid: number;
  /** Empty until the socket has been made. */
  readonly socketDir: string;
  readonly status: PostmasterStatus;
}

/** Undefined when there is none, or when not even the pid has been written yet. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(data, POSTMASTER_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parsePostmasterFile(text);
}

/** The lines: pid, data directory, start, port, socket directory, address, shared memory, status. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  // A negative pid is a backend that runs alone.
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isSafeInteger(pid) || pid < 2) return undefined;
  return { pid, socketDir: lines[4] ?? '', status: statusOf(lines[7]) };
}

function statusOf(line: string | undefined): PostmasterStatus {
  return line === 'starting' || line === 'ready' || line === 'stopping' ? line : 'unknown';
}
