/**
 * Submits the jobs of schedules when they are due. Only who holds the scheduling lease does, and each due
 * time is one transaction under its epoch: the job is there and the schedule has moved on, or neither. So a
 * due time comes once, whatever is killed when.
 */
import type { Principal } from '../core/access/principal.ts';
import { systemEntry } from '../core/audit/record.ts';
import { Refused } from '../core/errors/refused.ts';
import { MOST_CAUGHT_UP, planRuns } from '../core/schedule/plan-runs.ts';
import { failed, leftOut, overlapped, type Step } from '../core/schedule/record-run.ts';
import type { RunJob, RunReason, Schedule } from '../core/schedule/schedule.ts';
import type { Ports } from '../ports/index.ts';
import type { SchedulerLease } from '../ports/scheduler-store.ts';

export interface DueRun {
  readonly schedule: Schedule;
  readonly step: Step;
  readonly live: readonly RunJob[];
  readonly principal: Principal;
  readonly lease: SchedulerLease;
}

export interface CronParts {
  readonly ports: Pick<Ports, 'schedules' | 'calendar' | 'principals' | 'audit' | 'clock'>;
  /** Of this replica, when it holds it. */
  readonly lease: () => SchedulerLease | undefined;
  /** Submits the job; undefined when the schedule has moved on. Throws Refused. */
  readonly fire: (run: DueRun) => Promise<Schedule | undefined>;
  /** Told what could not be done, and will be tried again. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Schedules in one round, and of them at a time. */
const BATCH = 100;
const AT_ONCE = 4;

/** While another replica holds the lease, and after what could not be done, milliseconds. */
const STAND_BY = 1000;
/** A hint that something was written may be lost, milliseconds. */
const LOOK_AGAIN = 15_000;

export class Cron {
  readonly #with: CronParts;

  constructor(parts: CronParts) {
    this.#with = parts;
  }

  /** Returns when to come again, milliseconds. */
  async round(): Promise<number> {
    const lease = this.#with.lease();
    if (!lease) return STAND_BY;
    const { schedules, clock } = this.#with.ports;
    const { items, nextAt } = await schedules.due(clock.now(), BATCH);
    const after = await this.#dealWith(items, lease);
    const stuck = after.length < items.length;
    if (items.length === BATCH && after.length > 0) return 0;
    const nexts = [nextAt, ...after.map((schedule) => schedule.nextAt)].filter((at) => at !== undefined);
    return Math.max(0, Math.min(stuck ? STAND_BY : LOOK_AGAIN, Math.min(...nexts) - clock.now()));
  }

  /** Those that were dealt with, as they are then. */
  async #dealWith(items: readonly Schedule[], lease: SchedulerLease): Promise<readonly Schedule[]> {
    const done: Schedule[] = [];
    const queue = items.values();
    const work = async () => {
      for (const schedule of queue) {
        const after = await this.#guarded(schedule, lease);
        if (after) done.push(after);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return done;
  }

  /** One that can not be dealt with does not keep the others from it. */
  async #guarded(schedule: Schedule, lease: SchedulerLease): Promise<Schedule | undefined> {
    try {
      return await this.#run(schedule, lease);
    } catch (error) {
      this.#with.onTrouble(`schedule ${schedule.project}/${schedule.name}`, error);
      return undefined;
    }
  }

  /** All due times of one schedule that have come, in their order; undefined when it has moved on. */
  async #run(schedule: Schedule, lease: SchedulerLease): Promise<Schedule | undefined> {
    const { calendar, clock } = this.#with.ports;
    const { spec, nextAt = 0 } = schedule;
    const now = clock.now();
    const due = calendar.latest(spec, { after: nextAt - 1, until: now, most: MOST_CAUGHT_UP + 1 });
    const plan = planRuns(spec, due, now);
    const times = [...plan.leftOut.map(({ from }) => from), ...plan.run, calendar.next(spec, now)];
    let current: Schedule | undefined = schedule;
    for (const [index, these] of plan.leftOut.entries()) {
      const next: Schedule = leftOut(current, these, { now, nextAt: times[index + 1] });
      current = await this.#note(current, next, lease);
      if (!current) return undefined;
    }
    for (const [index, dueAt] of plan.run.entries()) {
      const step = { dueAt, nextAt: times[plan.leftOut.length + index + 1], now: clock.now() };
      current = await this.#dueTime(current, step, lease);
      if (!current) return undefined;
    }
    return current;
  }

  async #dueTime(schedule: Schedule, step: Step, lease: SchedulerLease): Promise<Schedule | undefined> {
    const { schedules, principals } = this.#with.ports;
    const live = await schedules.live(schedule.live);
    if (live.length > 0 && schedule.spec.overlap === 'forbid')
      return this.#note(schedule, overlapped(schedule, live, step), lease);
    const principal = await principals.current(schedule.owner);
    if (!principal) return this.#note(schedule, failed(schedule, gone(schedule), step), lease);
    try {
      return await this.#with.fire({ schedule, step, live, principal, lease });
    } catch (error) {
      if (!isFinal(error)) throw error;
      return this.#note(schedule, failed(schedule, why(error), step), lease);
    }
  }

  /** Of a due time that submits nothing. */
  async #note(before: Schedule, schedule: Schedule, lease: SchedulerLease): Promise<Schedule | undefined> {
    const { schedules, audit, clock } = this.#with.ports;
    const operation = schedule.runs.at(-1)?.outcome === 'failed' ? 'schedule.fail' : 'schedule.skip';
    const { project, name: target } = schedule;
    const entry = { ...systemEntry('cron', operation, clock.now()), project, target };
    const applied = await audit.within(entry, () =>
      schedules.apply({ schedule, from: before.version, lease }),
    );
    return applied === 'applied' ? schedule : undefined;
  }
}

const TOO_MANY_REQUESTS = 429;

/** It would be refused again: what is the server's own fault, or only for now, is tried again. */
function isFinal(error: unknown): error is Refused {
  return error instanceof Refused && error.status < 500 && error.status !== TOO_MANY_REQUESTS;
}

interface Why {
  readonly reason: RunReason;
  readonly message: string;
}

function why({ code, message }: Refused): Why {
  return code === 'auth.forbidden'
    ? { reason: 'Forbidden', message: `${message} here any more` }
    : { reason: 'Refused', message: `${code}: ${message}` };
}

function gone({ owner }: Schedule): Why {
  return { reason: 'OwnerGone', message: `${owner.id}, who wrote it, has ended or was revoked` };
}
