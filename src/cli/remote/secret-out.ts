/** Hands a new secret over, once: to a file that only its owner reads, or alone on standard output. */
import { chmod, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';

export async function handOver(session: Session, secret: string, to: string | undefined): Promise<void> {
  if (to === undefined) return session.print(secret);
  const path = resolve(session.io.cwd, to);
  try {
    await writeFile(path, `${secret}\n`, { mode: 0o600 });
    await chmod(path, 0o600);
  } catch (error) {
    // The secret is made already: better shown than lost.
    session.print(secret);
    throw new UsageError(`cannot write ${to}: ${(error as NodeJS.ErrnoException).code}`, undefined, error);
  }
  session.note(`the key is in ${to}`);
}
