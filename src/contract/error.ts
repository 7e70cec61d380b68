/** Errors on the wire: `{"error": {...}}`, the same for every route. */
import { z } from 'zod';

export const Problem = z.object({
  path: z.string().describe('Where: spec.roles[0].members'),
  expected: z.string(),
  got: z.string(),
  hint: z.string().optional().describe('The nearest known name, or what to do'),
});

export type Problem = z.output<typeof Problem>;

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      next: z.string().describe('What to do about it'),
      details: z.array(Problem),
      request_id: z.string(),
    }),
  })
  .meta({ id: 'Error' });

export type ErrorBody = z.output<typeof ErrorBody>;
