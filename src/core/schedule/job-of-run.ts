/** The job of a due time: called after it, so that a second one would meet the first, and labelled with it. */
import type { Schedule } from './schedule.ts';

/** As Kubernetes limits a CronJob's: what is appended leaves a name of 63 characters. */
export const LONGEST_NAME = 52;

const SCHEDULE_LABEL = 'capstan.dev/schedule';
/** The due time in UTC, as a label can spell it: `20260329T010000Z`. */
const DUE_LABEL = 'capstan.dev/due';

const MINUTE = 60_000;
/** Of a key, in the name of a job that was triggered: 36 bits. */
const KEY_DIGITS = 9;

/** `NAME-<minutes since 1970>` */
export function dueJobName({ name }: Pick<Schedule, 'name'>, dueAt: number): string {
  return `${name}-${Math.floor(dueAt / MINUTE)}`;
}

/** `NAME-t<digits>`: no due time makes one like it. @param digest hexadecimal, the same for a repeated request */
export function triggeredJobName({ name }: Pick<Schedule, 'name'>, digest: string): string {
  return `${name}-t${digest.slice(0, KEY_DIGITS)}`;
}

/** Those of the schedule, and where the job came from. @param dueAt absent: triggered */
export function jobLabels({ name, labels }: Schedule, dueAt?: number): Record<string, string> {
  const { [DUE_LABEL]: _, ...own } = labels;
  const made = { ...own, [SCHEDULE_LABEL]: name };
  return dueAt === undefined ? made : { ...made, [DUE_LABEL]: labelTime(dueAt) };
}

function labelTime(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}
