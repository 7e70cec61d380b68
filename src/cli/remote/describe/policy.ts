/** What a job does in time: how long, how often, what is kept. */
import type { JobView } from '../../../contract/job.ts';
import { entries } from './sheet.ts';

const POLICY = [
  ['Timeout', 'timeout'],
  ['Deadline', 'deadline'],
  ['Start deadline', 'startDeadline'],
  ['Start after', 'startAfter'],
  ['Expected', 'expectedDuration'],
  ['Kept for', 'ttlAfterFinished'],
] as const;

export function describePolicy(spec: JobView['spec']): string {
  const { limit } = (spec.retry ?? {}) as { limit?: number };
  const { grace } = (spec.checkpoint ?? {}) as { grace?: string };
  return entries(
    [
      ...POLICY.map(([label, field]) => [label, text(spec[field])] as const),
      ['Retries', text(limit)],
      ['Grace', text(grace)],
    ],
    '  ',
  );
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
