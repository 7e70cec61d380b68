import { describe, expect, test } from 'vitest';
import type { Waiting } from '../../core/scheduling/plan.ts';
import { aSnapshot, NOON, pending } from '../../core/scheduling/testing/builders.ts';
import type { Ports } from '../../ports/index.ts';
import type { BoardStore, SchedulerLease, SchedulerStore } from '../../ports/scheduler-store.ts';
import { NO_AUDIT } from '../../ports/testing/no-audit.ts';
import { NO_PLANNER } from '../../ports/testing/no-planner.ts';
import { Scheduler } from './scheduler.ts';

const LEASE: SchedulerLease = { holder: 'a', epoch: 1, expiresAt: NOON + 4000 };

/** A store that writes down what it is asked. */
class Asked implements SchedulerStore, BoardStore {
  readonly asked: string[] = [];
  /** Another server has the lease. */
  taken = false;

  async acquire() {
    this.asked.push('acquire');
    return this.taken ? undefined : LEASE;
  }

  async release() {
    this.asked.push('release');
  }

  async snapshot() {
    this.asked.push('snapshot');
    return aSnapshot({ pending: [pending('one')] });
  }

  async rest() {
    const { queues, grants, nodes } = aSnapshot();
    return { queues, grants, nodes };
  }

  async changed(uids: readonly string[]) {
    this.asked.push(`changed ${uids.join(' ')}`);
    return { pending: [], holding: [] };
  }

  async versions() {
    return new Map<string, number>();
  }

  async uses() {
    return [];
  }

  async keepUses() {}

  async jobs() {
    return [];
  }

  async apply() {
    this.asked.push('apply');
    return this.taken ? undefined : [];
  }
}

function scheduling() {
  const store = new Asked();
  const time = { now: 0 };
  const ports = {
    scheduler: store,
    board: store,
    decisions: { last: async () => 0 },
    slices: { grant: async () => true },
    audit: NO_AUDIT,
    clock: { now: () => NOON + time.now },
  } as unknown as Ports;
  const waits: Waiting = { uid: 'uid-one', version: 1, reason: 'NoAgent', message: 'no agent' };
  const cycle = { plan: { admit: [], reserve: [], preempt: [] }, waiting: [waits], pending: 1, uses: [] };
  const planner = { ...NO_PLANNER, cycle: async () => cycle };
  const scheduler = new Scheduler({ ports, holder: 'a', planner, ticks: () => time.now });
  return { store, time, scheduler };
}

describe('the scheduling cycle', () => {
  test('renews its lease once a second, however often it looks', async () => {
    const { store, time, scheduler } = scheduling();
    for (time.now = 0; time.now < 3000; time.now += 50) await scheduler.round();
    expect(store.asked.filter((what) => what === 'acquire')).toHaveLength(4);
    expect(store.asked.filter((what) => what === 'apply')).toHaveLength(60);
  });

  test('renews it at every look that it makes by itself', async () => {
    const { store, time, scheduler } = scheduling();
    const waits: number[] = [];
    for (let look = 0; look < 3; look += 1) {
      const wait = await scheduler.round();
      waits.push(wait);
      time.now += wait;
    }
    expect(store.asked.filter((what) => what === 'acquire')).toHaveLength(waits.length);
  });

  test('asks for the lease anew when applying shows that it is lost, and does nothing without it', async () => {
    const { store, scheduler } = scheduling();
    await scheduler.round();
    store.taken = true;
    await scheduler.round();
    await scheduler.round();
    await scheduler.release();
    expect(store.asked).toEqual(['acquire', 'snapshot', 'apply', 'apply', 'acquire']);
  });

  test('asks at every look while another holds the lease, and looks more often', async () => {
    const { store, scheduler } = scheduling();
    const holding = await scheduling().scheduler.round();
    store.taken = true;
    expect(await scheduler.round()).toBeLessThan(holding);
    await scheduler.round();
    expect(store.asked).toEqual(['acquire', 'acquire']);
  });
});
