/** The package clients/typescript: its own lock file, its own node_modules. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARKER = 'node_modules/.capstan-installed';

export function clientFolder(root: string): string {
  return join(root, 'clients/typescript');
}

/** What is installed is what the lock file says, or it is installed again. @throws Error when it can not be */
export function installClient(root: string): void {
  const folder = clientFolder(root);
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = join(folder, MARKER);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  console.log('Installing the packages of clients/typescript (once) …');
  if (!runInClient(root, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')) {
    throw new Error('npm ci failed in clients/typescript: see above');
  }
  writeFileSync(marker, wanted);
}

/** Whether npm, with these arguments, did it. */
export function runInClient(root: string, ...args: readonly string[]): boolean {
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  return spawnSync(command, [...first, ...args], { cwd: clientFolder(root), stdio: 'inherit' }).status === 0;
}
