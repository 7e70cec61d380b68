/** What every `ScheduleStore` does: above all, that a due time and its job are one change. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { admit } from '../../core/job/admit.ts';
import { cancel } from '../../core/job/cancel.ts';
import { submit } from '../../core/job/submit.ts';
import { aJob, NOON } from '../../core/job/testing/builders.ts';
import type { Decision, Transition } from '../../core/job/transition.ts';
import type { Schedule } from '../../core/schedule/schedule.ts';
import { aSchedule } from '../../core/schedule/testing/builders.ts';
import type { JobStore } from '../job-store.ts';
import type { ScheduleApplied, ScheduleStore } from '../schedule-store.ts';
import type { SchedulerLease } from '../scheduler-store.ts';

export interface SchedulesUnderTest {
  readonly schedules: ScheduleStore;
  readonly jobs: JobStore;
  /** A project that nobody else has. */
  readonly project: string;
  uid(): string;
  /** The lease of the one who asks last: that of those before is over. */
  lease(): Promise<SchedulerLease>;
  close(): Promise<void>;
}

export function scheduleConformance(name: string, open: () => Promise<SchedulesUnderTest>): void {
  describe(`${name} as a store of schedules`, () => {
    let under: Under;
    beforeEach(async () => {
      under = new Under(await open());
    });
    afterEach(() => under.close());

    const at = () => under;
    keepsThem(at);
    listsThem(at);
    changesThem(at);
    submitsWithThem(at);
    findsWhatIsDue(at);
  });
}

class Under {
  readonly #of: SchedulesUnderTest;

  constructor(of: SchedulesUnderTest) {
    this.#of = of;
  }

  get schedules(): ScheduleStore {
    return this.#of.schedules;
  }

  get jobs(): JobStore {
    return this.#of.jobs;
  }

  get project(): string {
    return this.#of.project;
  }

  lease(): Promise<SchedulerLease> {
    return this.#of.lease();
  }

  close(): Promise<void> {
    return this.#of.close();
  }

  schedule(fields: Parameters<typeof aSchedule>[0] = {}): Schedule {
    return aSchedule({ uid: this.#of.uid(), project: this.project, ...fields });
  }

  async made(fields: Parameters<typeof aSchedule>[0] = {}): Promise<Schedule> {
    const schedule = this.schedule(fields);
    expect(await this.schedules.insert(schedule, 100)).toBe('inserted');
    return schedule;
  }

  job(name: string, kind: 'job' | 'task' = 'job'): Transition {
    const spec = aJob().build().spec;
    const task = {
      handler: 'h',
      payload: '1',
      after: [],
      onDependencyFailure: 'fail',
      cancelGraceMs: 0,
    } as const;
    return submit({
      uid: this.#of.uid(),
      project: this.project,
      name,
      labels: {},
      spec: kind === 'task' ? { ...spec, roles: [], task } : spec,
      submittedBy: 'key/ada',
      warnings: [],
      now: NOON,
    });
  }

  stored(): Promise<Schedule | undefined> {
    return this.schedules.get(this.project, 'nightly');
  }
}

const later = (schedule: Schedule): Schedule => ({
  ...schedule,
  version: schedule.version + 1,
  nextAt: (schedule.nextAt ?? 0) + 60_000,
});

function decided(decision: Decision): Transition {
  if (decision.kind !== 'transition') throw new Error('it was to be a transition');
  return decision.transition;
}

function keepsThem(at: () => Under): void {
  test('keeps one as it was made, with all that it has', async () => {
    const job = { name: 'nightly-1', uid: '01900000-0000-7000-8000-0000000000f1' };
    const run = {
      dueAt: NOON,
      at: NOON + 1,
      outcome: 'submitted',
      reason: 'Due',
      message: 'm',
      job,
    } as const;
    const schedule = await at().made({
      labels: { team: 'ocr' },
      spec: { startDeadlineMs: 60_000, missed: 'skip' },
      lastDueAt: NOON,
      runs: [run],
      live: [job],
    });
    expect(await at().stored()).toEqual(schedule);
  });

  test('keeps one name for one of a project', async () => {
    await at().made();
    expect(await at().schedules.insert(at().schedule(), 100)).toBe('name-taken');
    expect((await at().stored())?.version).toBe(1);
  });

  test('keeps no more of a project than it may have', async () => {
    await at().made();
    const second = at().schedule({ name: 'second' });
    expect(await at().schedules.insert(second, 1)).toBe('too-many');
    expect(await at().schedules.get(at().project, 'second')).toBeUndefined();
    expect(await at().schedules.insert(second, 2)).toBe('inserted');
  });

  test('removes one, once', async () => {
    await at().made();
    const removed = [1, 2].map(() => at().schedules.remove(at().project, 'nightly'));
    expect((await Promise.all(removed)).toSorted()).toEqual([false, true]);
    expect(await at().stored()).toBeUndefined();
  });
}

function listsThem(at: () => Under): void {
  test('lists them by name, page by page, and those with a label alone', async () => {
    for (const name of ['b', 'c', 'a']) await at().made({ name, labels: { tier: name } });
    const filter = { project: at().project };
    const first = await at().schedules.list(filter, { limit: 2 });
    const second = await at().schedules.list(filter, { limit: 2, cursor: first.next });
    const names = [...first.items, ...second.items].map(({ name }) => name);
    expect([names, second.next]).toEqual([['a', 'b', 'c'], undefined]);
    const labels = [{ key: 'tier', op: 'equals', value: 'b' }] as const;
    const labelled = await at().schedules.list({ projects: [at().project], labels }, { limit: 9 });
    expect(labelled.items.map(({ name }) => name)).toEqual(['b']);
    expect((await at().schedules.list({ ...filter, projects: [] }, { limit: 9 })).items).toEqual([]);
  });
}

function changesThem(at: () => Under): void {
  test('of two changes of one version, one is applied', async () => {
    const schedule = await at().made();
    const change = { schedule: later(schedule), from: 1 };
    const both = await Promise.all([at().schedules.apply(change), at().schedules.apply(change)]);
    expect(both.toSorted()).toEqual(['applied', 'moved-on']);
    expect(await at().stored()).toEqual(later(schedule));
  });

  test('changes nothing under a lease that is over', async () => {
    const schedule = await at().made();
    const old = await at().lease();
    const lease = await at().lease();
    const change = { schedule: later(schedule), from: 1, job: at().job('nightly-1') };
    expect(await at().schedules.apply({ ...change, lease: old })).toBe('moved-on');
    expect(await at().stored()).toEqual(schedule);
    expect(await at().jobs.get(at().project, 'nightly-1')).toBeUndefined();
    expect(await at().schedules.apply({ ...change, lease })).toBe('applied');
  });
}

function submitsWithThem(at: () => Under): void {
  test.each(['job', 'task'] as const)('a due time and its %s are one change', async (kind) => {
    const schedule = await at().made();
    const job = at().job('nightly-1', kind);
    expect(await at().schedules.apply({ schedule: later(schedule), from: 1, job })).toBe('applied');
    expect(await at().jobs.get(at().project, 'nightly-1')).toMatchObject({ uid: job.job.uid, version: 1 });
    expect(await at().stored()).toEqual(later(schedule));
  });

  test.each(['job', 'task'] as const)('of many servers at a due time, one submits its %s', async (kind) => {
    const schedule = await at().made();
    const tries = Array.from({ length: 8 }, (_, index) => {
      const job = at().job(`nightly-${index}`, kind);
      return at().schedules.apply({ schedule: later(schedule), from: 1, job });
    });
    const answers: readonly ScheduleApplied[] = await Promise.all(tries);
    expect(answers.filter((answer) => answer === 'applied')).toHaveLength(1);
    expect((await at().jobs.list({ project: at().project }, { limit: 20 })).items).toHaveLength(1);
  });

  test.each(['job', 'task'] as const)('where a live %s has the name, nothing is changed', async (kind) => {
    const schedule = await at().made();
    await at().jobs.submit(at().job('nightly-1', kind));
    const change = { schedule: later(schedule), from: 1, job: at().job('nightly-1', kind) };
    expect(await at().schedules.apply(change)).toBe('job-taken');
    expect(await at().stored()).toEqual(schedule);
  });

  test('knows which of its jobs are live', async () => {
    const firsts = [at().job('a'), at().job('b'), at().job('c', 'task')];
    for (const first of firsts) await at().jobs.submit(first);
    const [running, ended] = firsts as [Transition, Transition];
    await at().jobs.apply(decided(admit(running.job, { agent: 'local', now: NOON })));
    await at().jobs.apply(decided(cancel(ended.job, { by: 'ada', now: NOON })));
    const jobs = firsts.map(({ job: { name, uid } }) => ({ name, uid }));
    const live = await at().schedules.live(jobs);
    expect(live.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(await at().schedules.live([])).toEqual([]);
  });
}

function findsWhatIsDue(at: () => Under): void {
  test('finds what is due, earliest first, and when the next one is', async () => {
    await at().made({ name: 'now', nextAt: NOON });
    await at().made({ name: 'before', nextAt: NOON - 1 });
    await at().made({ name: 'soon', nextAt: NOON + 5 });
    await at().made({ name: 'never', nextAt: undefined, spec: { suspended: true } });
    const { items, nextAt } = await at().schedules.due(NOON, 10);
    const own = items.filter(({ project }) => project === at().project);
    expect([own.map(({ name }) => name), nextAt]).toEqual([['before', 'now'], NOON + 5]);
    expect((await at().schedules.due(NOON, 1)).items).toHaveLength(1);
  });
}
