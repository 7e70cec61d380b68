/** A directory for one bench, which every user can enter: as root, jobs and PostgreSQL run as others. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch extends Disposable {
  readonly dir: string;
}

export function scratch(): Scratch {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-bench-'));
  chmodSync(dir, 0o755);
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
