/** Which change of a job is told to whom. */
import { describe, expect, test, vi } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import type { Job } from '../../../core/job/job.ts';
import { observe } from '../../../core/job/observe.ts';
import { agentSilent } from '../../../core/job/reach.ts';
import type { Transition } from '../../../core/job/transition.ts';
import { CHANNELS } from '../channels.ts';
import { SILENT } from '../log.ts';
import { PostgresSignals } from '../signals.ts';
import { aSubmission, decided, ended, NOON } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

interface Change {
  readonly what: string;
  /** What has happened before, and is not looked at. */
  readonly before: readonly ((job: Job) => Transition)[];
  readonly change: (job: Job) => Transition;
  readonly want: readonly string[];
}

const admission = (job: Job) => decided(admit(job, { agent: 'local', now: NOON }));
const cancellation = (job: Job) => decided(cancel(job, { by: 'ada', now: NOON }));
const silence = (job: Job) => decided(agentSilent(job, { now: NOON, lastHeard: 0 }));
const start = (job: Job) => {
  const ref = { job: job.uid, attempt: 1 };
  const seen = { ref, phase: 'running', startedAt: NOON, members: [], outputs: [], notes: [] } as const;
  return decided(observe(job, seen, { agent: 'local', now: NOON, random: 0 }));
};

const CHANGES: readonly Change[] = [
  { what: 'admission', before: [], change: admission, want: ['agent local', 'event', 'schedule'] },
  { what: 'start', before: [admission], change: start, want: ['event', 'schedule'] },
  { what: 'silence of its agent', before: [admission], change: silence, want: ['event', 'schedule'] },
  { what: 'stop', before: [admission], change: cancellation, want: ['agent local', 'event', 'schedule'] },
  {
    what: 'end',
    before: [admission, start],
    change: (job) => ended(job, { exitCode: 0, now: NOON }),
    want: ['agent local', 'event', 'schedule'],
  },
  {
    what: 'end of a stop',
    before: [admission, cancellation],
    change: (job) => ended(job, { exitCode: 1, now: NOON }),
    want: ['agent local', 'event', 'schedule'],
  },
  { what: 'cancellation while it waits', before: [], change: cancellation, want: ['event', 'schedule'] },
];

describe('of a job, the', () => {
  test.each(CHANGES)('$what is told to $want', async ({ before, change, want }) => {
    const first = aSubmission();
    await db.store.jobs.submit(first);
    let job = first.job;
    for (const step of before) job = (await db.store.jobs.apply(step(job)))!;
    // The first signal of a job of its own marks where to begin, the last where to end.
    const until = new AbortController();
    const heard: string[] = [];
    for (const topic of ['schedule', 'event', 'agent'] as const) {
      db.store.signals.subscribe(topic, ({ key }) => heard.push(`${topic} ${key}`), until.signal);
    }
    const marked = async () => {
      const mark = aSubmission();
      await db.store.jobs.submit(mark);
      await vi.waitFor(() => expect(heard).toContain(`event ${mark.job.uid}`), { timeout: 10_000 });
      return heard.indexOf(`event ${mark.job.uid}`);
    };
    const from = await marked();
    await db.store.jobs.apply(change(job));
    const to = await marked();
    until.abort();
    const told = heard.slice(from + 1, to - 1).map((text) => text.replace(job.uid, '').trim());
    expect(told.toSorted()).toEqual(want);
  });
});

describe('a signal', () => {
  test('of many keys is heard once for each', () => {
    const signals = new PostgresSignals(SILENT);
    const hear = vi.fn();
    signals.subscribe('agent', hear, new AbortController().signal);
    signals.hear(CHANNELS.agent, 'a\nb');
    signals.hear('some_other_channel', 'c');
    expect(hear.mock.calls).toEqual([[{ topic: 'agent', key: 'a' }], [{ topic: 'agent', key: 'b' }]]);
  });

  test('is not heard by who has gone before', () => {
    const signals = new PostgresSignals(SILENT);
    const hear = vi.fn();
    signals.subscribe('agent', hear, AbortSignal.abort());
    signals.tellAll();
    expect(hear).not.toHaveBeenCalled();
  });
});
