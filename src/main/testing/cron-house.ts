/** Schedules over a real store, with a clock that the test holds and servers that can be killed at any call. */
import { afterEach, beforeEach } from 'vitest';
import { createCalendar } from '../../adapters/cron/calendar.ts';
import type { Store } from '../../adapters/postgres/open-store.ts';
import type { WithStore } from '../../adapters/postgres/testing/with-store.ts';
import { Cron } from '../../controllers/cron.ts';
import { grantOf } from '../../core/access/grants.ts';
import type { Owner } from '../../core/access/owner.ts';
import type { Principal } from '../../core/access/principal.ts';
import { cancel } from '../../core/job/cancel.ts';
import type { Job } from '../../core/job/job.ts';
import { OPERATIONS } from '../../operations/catalogue.ts';
import type { UnaryOperation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import { fire } from '../../operations/schedule/fire.ts';
import type { Ports } from '../../ports/index.ts';
import { systemChance } from '../system.ts';

export const ADA: Principal = {
  id: 'key/ada',
  kind: 'key',
  grants: [grantOf('submitter')],
  credential: 'ada-1',
};

export interface CronServer {
  /** Returns when to come again, milliseconds. */
  round(): Promise<number>;
  readonly troubles: readonly unknown[];
  /** It goes on as if it still had the lease. */
  release(): Promise<void>;
}

/** Called at each change of a schedule, before and after it: whatever it throws, ends the server's round there. */
export type Strike = (when: 'before' | 'after') => void;

export class CronHouse {
  readonly project = `p-${systemChance.uid(Date.now())}`;
  readonly store: Store;
  readonly ports: Ports;
  /** Epoch milliseconds. */
  now: number;
  /** Who is still somebody. */
  readonly principals = new Map<string, Principal>([[ADA.id, ADA]]);
  readonly kept = new Map<string, number>();

  private constructor(store: Store, now: number) {
    this.store = store;
    this.now = now;
    this.ports = {
      ...store,
      calendar: createCalendar(),
      chance: systemChance,
      clock: { now: () => this.now },
      principals: { current: async ({ id }: Owner) => this.principals.get(id) },
      blobs: {
        put: async (key: string) => {
          this.kept.set(key, 1);
          return { bytes: 1 };
        },
        removeAll: async (prefix: string) => {
          for (const key of this.kept.keys()) if (key.startsWith(prefix)) this.kept.delete(key);
        },
      },
    } as unknown as Ports;
  }

  /** With a project of its own, that has a queue of its own. */
  static async open(store: Store, now: number): Promise<CronHouse> {
    const house = new CronHouse(store, now);
    const { project } = house;
    await store.projects.put({ name: project, labels: {}, description: '', defaultQueue: project }, now);
    await store.queues.put({ name: project, labels: {}, description: '', quota: {}, state: 'open' }, now);
    await house.grant();
    return house;
  }

  grant() {
    return this.store.grants.put({ project: this.project, queue: this.project, maxPriority: 50 }, this.now);
  }

  /** With the lease, unless another has it. */
  async server(name: string, strike: Strike = () => undefined): Promise<CronServer> {
    const lease = await this.store.scheduler.acquire(name, 3_600_000);
    const troubles: unknown[] = [];
    const { schedules } = this.store;
    const struck: Ports = {
      ...this.ports,
      schedules: {
        insert: (schedule, most) => schedules.insert(schedule, most),
        get: (project, called) => schedules.get(project, called),
        list: (filter, page) => schedules.list(filter, page),
        remove: (project, called) => schedules.remove(project, called),
        due: (now, limit) => schedules.due(now, limit),
        live: (jobs) => schedules.live(jobs),
        apply: async (change) => {
          strike('before');
          const applied = await schedules.apply(change);
          strike('after');
          return applied;
        },
      },
    };
    const cron = new Cron({
      ports: struck,
      lease: () => lease,
      fire: (run) => fire(struck, run),
      onTrouble: (_, error) => troubles.push(error),
    });
    return {
      round: () => cron.round(),
      troubles,
      release: async () => lease && this.store.scheduler.release(lease),
    };
  }

  /** The answer of an operation, as ada's unless said otherwise. */
  async do(name: keyof typeof OPERATIONS, input: object, by: Principal = ADA): Promise<Answer> {
    const operation = OPERATIONS[name] as unknown as UnaryOperation;
    const signal = new AbortController().signal;
    const asked = { project: this.project, ...input };
    return (await invoke(operation, { input: asked, principal: by, ports: this.ports, signal })) as Answer;
  }

  put(name: string, spec: object = {}, by: Principal = ADA): Promise<Answer> {
    const job = { command: ['true'], resources: { cpu: '10m' } };
    return this.do('schedule.put', { name, spec: { cron: '* * * * *', job, ...spec } }, by);
  }

  /** In the order of their names. */
  async jobs(): Promise<readonly Job[]> {
    const { items } = await this.store.jobs.list({ project: this.project }, { limit: 1000 });
    return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Cancels those that have not ended. */
  async endAll(): Promise<void> {
    for (const job of await this.jobs()) {
      const decision = cancel(job, { by: 'ada', now: this.now });
      if (decision.kind === 'transition') await this.store.jobs.apply(decision.transition);
    }
  }

  async names(): Promise<readonly string[]> {
    return (await this.jobs()).map(({ name }) => name);
  }
}

export interface Answer {
  readonly [field: string]: unknown;
  readonly metadata: { readonly resourceVersion: string };
  readonly status: {
    readonly state: string;
    readonly reason: string;
    readonly message: string;
    readonly nextRun?: string;
    readonly nextRuns: readonly string[];
    readonly active: readonly { readonly name: string; readonly uid: string }[];
    readonly runs: readonly { readonly outcome: string; readonly reason: string; readonly message: string }[];
  };
}

export const MINUTE = 60_000;
/** 2026-01-01T12:00:30Z */
const START = Date.UTC(2026, 0, 1, 12, 0, 30);
/** The minute of the first due time after it, if every minute is one. */
export const FIRST = Math.ceil(START / MINUTE);

export interface WithCronHouse {
  readonly house: CronHouse;
  readonly server: CronServer;
  /** Time goes by, and then a server looks. */
  pass(minutes: number): Promise<void>;
  /** Of the schedule `nightly`. */
  status(): Promise<Answer['status']>;
  /** Of its runs: `Due`, `Missed`. */
  reasons(): Promise<readonly string[]>;
}

/** Registers hooks: a house, and a server of it, for each test. */
export function withCronHouse(db: WithStore): WithCronHouse {
  let house: CronHouse;
  let server: CronServer;
  beforeEach(async () => {
    house = await CronHouse.open(db.store, START);
    server = await house.server('one');
  });
  afterEach(async () => {
    await server.release();
    // The next test's server looks after the schedules of all projects.
    const { items } = await db.store.schedules.list({ project: house.project }, { limit: 1000 });
    for (const { name } of items) await db.store.schedules.remove(house.project, name);
  });
  const status = async () => (await house.do('schedule.get', { name: 'nightly' })).status;
  return {
    get house() {
      return house;
    },
    get server() {
      return server;
    },
    async pass(minutes) {
      house.now += minutes * MINUTE;
      await server.round();
    },
    status,
    reasons: async () => (await status()).runs.map(({ reason }) => reason),
  };
}
