/** The lines in which a job's way is told. */
import type { JobView } from '../../contract/job.ts';
import type { EventView } from '../../contract/stream.ts';
import type { Paint } from '../output/paint.ts';
import { oneLine } from '../output/safe-text.ts';
import { between } from '../output/span.ts';

/** `job/digits-ddp failed after 2m5s (2 attempts): ExitCode: worker-1 ended with code 3` */
export function finalLine({ metadata, status }: JobView, paint: Paint, now: number): string {
  const took = between(metadata.creationTimestamp, status.endedAt, now);
  const attempts = status.attempt > 1 ? ` (${status.attempt} attempts)` : '';
  const why = status.state === 'succeeded' ? '' : `: ${explanation(status)}`;
  return `job/${metadata.name} ${paint.state(status.state)} after ${took}${attempts}${why}`;
}

/** What to look at when it did not end well. */
export function afterFailure({ metadata, status }: JobView): string | undefined {
  if (status.state !== 'failed') return undefined;
  const where = `${metadata.name} -n ${metadata.namespace}`;
  return `next: \`capstan describe job ${where}\` shows its attempts, \`capstan logs ${where}\` what it wrote`;
}

/** `12:00:07  running  Started  4 members started` */
export function stateLine({ status }: JobView, paint: Paint): string {
  const state = paint.state(status.state.padEnd(11));
  return `${timeOfDay(status.since)}  ${state}  ${explanation(status)}`;
}

export function eventLine({ at, type, reason, message }: EventView, paint: Paint): string {
  const text = `${timeOfDay(at)}  ${oneLine(reason)}: ${oneLine(message)}`;
  return type === 'warning' ? paint.error(text) : paint.dim(text);
}

function explanation({ reason, message }: { reason: string; message: string }): string {
  return oneLine(message === '' ? reason : `${reason}: ${message}`);
}

/** In the zone of the reader. */
function timeOfDay(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}
