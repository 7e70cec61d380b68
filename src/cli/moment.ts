/** A time as a flag gives it: one, or a duration ago. */
import { UsageError } from './errors.ts';

/** Throws UsageError for what is no time. */
export async function moment(
  flag: string,
  text: string | undefined,
  now: number,
): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const { parseDuration } = await import('../contract/scalars.ts');
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : now - (parseDuration(text) ?? Number.NaN);
  if (Number.isNaN(at))
    throw new UsageError(`${flag} ${text} is no time`, 'Write it like 2026-01-05T12:00:00Z or 1d.');
  return new Date(at).toISOString();
}
