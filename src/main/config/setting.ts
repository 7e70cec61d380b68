/** How a setting is described, and the types that settings have. */
import { z } from 'zod';
import { parseDuration } from '../../contract/scalars.ts';

/** What a setting is besides its type. */
export interface SettingMeta {
  readonly summary: string;
  /** Never shown, and never taken from a flag: flags are seen by every user of the machine. */
  readonly secret?: true;
  /** Taken over on SIGHUP; the others need a restart. */
  readonly reload?: true;
  /** `--host`; absent: there is no flag for it. */
  readonly flag?: `--${string}`;
  /** A path: relative to the file that it stands in, or to where the command runs. */
  readonly path?: true;
  /** What stands when nobody says anything, for people, where that is no value of its own. */
  readonly byDefault?: string;
}

export function whole(least: number, most: number): z.ZodType<number> {
  const expected = `a whole number from ${least} to ${most}`;
  const written = z.union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,12}$/, expected)
        .transform(Number),
    ],
    expected,
  );
  return written.pipe(z.int(expected).min(least, expected).max(most, expected));
}

export function yesOrNo(): z.ZodType<boolean> {
  const words = z.enum(['true', 'false'], 'true or false').transform((word) => word === 'true');
  return z.union([z.boolean(), words], 'true or false');
}

/** Milliseconds inside. */
export function days(expected: string): z.ZodType<number> {
  return z.string(expected).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= 3_600_000) return ms;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** Milliseconds inside. Shorter leases are lost to a pause of the garbage collector, longer ones keep tasks from others. */
export function lease(expected: string): z.ZodType<number> {
  return z.string(expected).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= 1000 && ms <= 600_000) return ms;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export const text = (expected: string) => z.string(expected).min(1, expected).max(4096, expected);

export function setting<T>(type: z.ZodType<T>, meta: SettingMeta) {
  return type.optional().meta({ ...meta });
}
