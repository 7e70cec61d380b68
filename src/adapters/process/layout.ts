/**
 * Where an attempt keeps its files. Runner and shim share nothing but this directory, which is
 * why a shim goes on when Capstan is gone and why the next runner can pick the attempt up.
 */
import { basename, join } from 'node:path';
import type { AttemptRef } from '../../core/job/attempt.ts';
import type { Output } from '../../core/job/spec.ts';

/** Names that could climb out of the runner's root are refused rather than cleaned. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export interface AttemptLayout {
  readonly dir: string;
  /** What to run: written whole and once by the runner; its presence means that `start` was accepted. */
  readonly launch: string;
  /** Who runs it: claimed by exactly one shim. */
  readonly shim: string;
  /** What happened: appended by the shim, and by the runner only when the shim is certainly dead. */
  readonly journal: string;
  /** The last order to stop. */
  readonly stop: string;
  readonly logs: string;
  readonly files: string;
  readonly work: string;
  readonly tmp: string;
  /** Shared by the attempts of the job. */
  readonly checkpoint: string;
}

/** @throws RangeError when the job's uid or the attempt's number is not fit for a path */
export function jobDir(root: string, job: string): string {
  if (!SAFE_NAME.test(job))
    throw new RangeError(`job uid ${JSON.stringify(job)} cannot be a directory's name`);
  return join(root, job);
}

/** @throws RangeError when the job's uid or the attempt's number is not fit for a path */
export function attemptDir(root: string, ref: AttemptRef): string {
  if (!Number.isSafeInteger(ref.attempt) || ref.attempt < 0) {
    throw new RangeError(`attempt ${ref.attempt} of job ${ref.job} is not a natural number`);
  }
  return join(jobDir(root, ref.job), String(ref.attempt));
}

export function layoutOf(dir: string): AttemptLayout {
  return {
    dir,
    launch: join(dir, 'attempt.json'),
    shim: join(dir, 'shim.json'),
    journal: join(dir, 'journal.jsonl'),
    stop: join(dir, 'stop.json'),
    logs: join(dir, 'log'),
    files: join(dir, 'files'),
    work: join(dir, 'work'),
    tmp: join(dir, 'tmp'),
    checkpoint: join(dir, '..', 'checkpoint'),
  };
}

export function logDir(
  layout: AttemptLayout,
  member: { readonly role: string; readonly index: number },
): string {
  return join(layout.logs, `${member.role.replace(/[^A-Za-z0-9._-]/g, '_')}-${member.index}`);
}

/** The directory an output lives in: its own, so that a member can write there and nowhere else. */
export function outputDir(layout: AttemptLayout, output: Output): string {
  return join(layout.files, output.name.replace(/[^A-Za-z0-9_-]/g, '_'));
}

/** Where a member finds and writes an output. The file keeps its name: many formats go by the extension. */
export function outputFile(layout: AttemptLayout, output: Output): string {
  const name = basename(output.path);
  return join(outputDir(layout, output), name === '' || name.startsWith('.') ? 'output' : name);
}

/** `model v2` → `CAPSTAN_OUTPUT_MODEL_V2`. */
export function outputVariable(name: string): string {
  return `CAPSTAN_OUTPUT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}
