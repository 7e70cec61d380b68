/** What is a task's own: what it was given, how far it is, what it came to. */
import type { JobView } from '../../../contract/job.ts';
import { bytes } from '../../output/bytes.ts';
import { oneLine } from '../../output/safe-text.ts';
import { type Entry, entries } from './sheet.ts';

/** Longer JSON is cut: `capstan result`, or -o json, shows all of it. */
const SHOWN = 200;

/** Empty for a job that is no task. */
export function describeTask({ spec, status }: JobView): string {
  const task = spec.task as Record<string, unknown> | undefined;
  if (!task) return '';
  const { error, progress } = status;
  const fraction = progress?.fraction === undefined ? '' : `${Math.round(progress.fraction * 100)} % `;
  return entries(
    [
      ...asked(task, status.payloadBytes),
      ['Worker', status.worker],
      ['Progress', progress && oneLine(`${fraction}${progress.message ?? ''}`)],
      ['Result', status.state === 'succeeded' ? sized(status.result, status.resultBytes) : undefined],
      [
        'Error',
        error && oneLine(error.type === undefined ? error.message : `${error.type}: ${error.message}`),
      ],
    ],
    '  ',
  );
}

/** Of one that is not submitted yet. */
export function describeTaskSpec(spec: JobView['spec']): string {
  const task = spec.task as Record<string, unknown> | undefined;
  return task ? entries(asked(task, undefined), '  ') : '';
}

function asked(task: Readonly<Record<string, unknown>>, payloadBytes: number | undefined): readonly Entry[] {
  return [
    ['Handler', String(task.handler)],
    ['Payload', sized(task.payload, payloadBytes)],
    ['Fair key', written(task.fairKey)],
    ['Concurrency', written(task.concurrency)],
    ['Rate', written(task.rate)],
    ['Unique', written(task.unique)],
    ['After', written(task.after)],
  ];
}

function sized(value: unknown, size: number | undefined): string | undefined {
  return size === undefined ? written(value) : `${bytes(size)} of JSON`;
}

function written(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return oneLine(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
