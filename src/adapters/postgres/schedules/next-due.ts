/** When the first schedule is due after a moment. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

export const nextDue = statement({
  name: 'schedule_next_due',
  text: 'SELECT min(next_at) AS next_at FROM schedule WHERE next_at > $1',
  values: (now: number) => [Math.floor(now)],
  row: ({ next_at }: QueryResultRow & { readonly next_at: number | null }) => next_at ?? undefined,
});
