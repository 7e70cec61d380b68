/** Runs programs to their end, as peers and as what is measured. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { check } from './check.ts';

/** A peer that waits for ever is a failure, milliseconds. */
const LONGEST = 120_000;

/**
 * Runs a program that must end with 0; its standard output. What it says of errors is in the failure.
 * @throws CheckFailed
 */
export async function output(
  [file = '', ...args]: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'cwd' | 'uid' | 'gid'> = {},
  timeout = LONGEST,
): Promise<string> {
  const child = spawn(file, args, { ...options, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, said, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  check(code === 0, `${file} ${args.join(' ')} ends with 0, not ${code}: ${errors}`);
  return said;
}
