/** Reads an export of the audit, line by line. */
import { open, readFile } from 'node:fs/promises';
import type { ExportLine } from '../../core/audit/export-line.ts';
import { UsageError } from '../errors.ts';

/** Throws UsageError when it cannot be read, or is none. */
export async function* exportLines(path: string): AsyncGenerator<ExportLine> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    for await (const line of file.readLines()) yield parseLine<ExportLine>(line, path);
  } finally {
    await file.close();
  }
}

/** Throws UsageError. */
export function parseLine<T>(line: string, file: string): T {
  try {
    return JSON.parse(line) as T;
  } catch (error) {
    throw new UsageError(`${file} is no export: a line is not JSON`, 'Export with --format jsonl.', error);
  }
}

/** Throws UsageError. */
export async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

function unreadable(path: string, error: unknown): UsageError {
  const why = error instanceof Error ? error.message : String(error);
  return new UsageError(`${path} cannot be read: ${why}`, undefined, error);
}
