/** Workers that are connected: who is alive, and who is given nothing any more. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkerStore } from '../../ports/worker-store.ts';
import { Heartbeats } from './heartbeats.ts';
import { Seat } from './seats.ts';

const LEASE = 10_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function aSeat(id = 'w1'): Seat {
  const principal = { id: 'key/w', kind: 'key', grants: [] } as never;
  const outlet = { hand() {}, stop() {}, replaced() {} };
  return new Seat({ id, name: id, principal, queues: [], handlers: [], concurrency: 1, holding: [] }, outlet);
}

function heartbeats(known: () => readonly string[] = () => ['w1']) {
  const workers = { heard: async () => new Set(known()) } as Pick<WorkerStore, 'heard'> as WorkerStore;
  return new Heartbeats({ ports: { workers }, replica: 'one', leaseMs: LEASE });
}

describe('a worker that is connected', () => {
  test.each([
    { silentMs: 0, alive: true },
    { silentMs: LEASE - 1, alive: true },
    { silentMs: LEASE, alive: false },
  ])('and silent for $silentMs ms of a lease of 10,000 may be given something: $alive', async (row) => {
    const seat = aSeat();
    const beats = heartbeats();
    await beats.flush([seat]);
    vi.advanceTimersByTime(row.silentMs);
    expect(beats.alive()(seat)).toBe(row.alive);
  });

  test('is alive again when the store has prolonged its session, not when it was only heard', async () => {
    const seat = aSeat();
    const beats = heartbeats();
    await beats.flush([seat]);
    vi.advanceTimersByTime(LEASE);
    seat.heard = true;
    expect(beats.alive()(seat)).toBe(false);
    expect(await beats.flush([seat])).toEqual([]);
    expect(beats.alive()(seat)).toBe(true);
  });

  test('and was silent for a lease is told to come anew', async () => {
    const seat = aSeat();
    const beats = heartbeats();
    await beats.flush([seat]);
    vi.advanceTimersByTime(LEASE - 1);
    expect(await beats.flush([seat])).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(await beats.flush([seat])).toEqual([seat]);
  });

  test('and whose session the store does not know here any more is told to come anew', async () => {
    const [mine, theirs] = [aSeat('w1'), aSeat('w2')];
    expect(await heartbeats().flush([mine, theirs])).toEqual([theirs]);
  });
});
