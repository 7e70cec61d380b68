/**
 * Limits by key: which tasks that wait at a gate are let through. Pure; the holder of the scheduling lease
 * alone applies what comes out, so nobody else counts the same room.
 *
 * A gate is what a task passes: a key of which so many may run at a time, a key of which so many may start
 * in a time, or both. Tasks of one gate are let through in their order. A task that has passed counts
 * against its concurrency until it has ended, whether a worker has it yet or not.
 *
 * Rates are kept by the generic cell rate algorithm (ITU-T I.371): one number a key, and no timer.
 */

export interface GateLimits {
  readonly concurrency?: { readonly key: string; readonly limit: number } | undefined;
  readonly rate?: { readonly key: string; readonly limit: number; readonly perMs: number } | undefined;
}

/** A gate at which something waits. */
export interface Gate {
  readonly queue: string;
  readonly gate: string;
  readonly limits: GateLimits;
  /** Passed and not ended, of its concurrency key, through whatever gate. */
  readonly running: number;
  /** Theoretical arrival time of its rate key, epoch microseconds; absent before the first. */
  readonly tat?: number | undefined;
}

export interface GateOpening {
  readonly queue: string;
  readonly gate: string;
  /** At most so many pass now. */
  readonly many: number;
  /** The new theoretical arrival time, were all of them to pass. */
  readonly rate?: { readonly key: string; readonly tat: number; readonly cellUs: number } | undefined;
}

export interface Opening {
  readonly openings: readonly GateOpening[];
  /** When to look again though nothing ends, epoch milliseconds: a rate lets the next one through. */
  readonly again?: number | undefined;
}

/** @param most that pass one gate at a time: a bound on one transaction */
export function openGates(gates: readonly Gate[], now: number, most: number): Opening {
  const running = new Map<string, number>();
  const tats = new Map<string, number>();
  const openings: GateOpening[] = [];
  let again: number | undefined;
  for (const gate of gates) {
    const { queue, limits } = gate;
    const free = freeOf(gate, running);
    const rate =
      limits.rate && rateOf(limits.rate, tats.get(`${queue}\n${limits.rate.key}`) ?? gate.tat, now);
    const many = Math.min(free, rate?.free ?? most, most);
    if (rate && rate.free < Math.min(free, most)) again = Math.min(again ?? Infinity, rate.nextAt);
    if (many <= 0) continue;
    if (limits.concurrency) count(running, gate, many);
    if (!limits.rate || !rate) {
      openings.push({ queue, gate: gate.gate, many });
      continue;
    }
    const tat = rate.from + many * rate.cellUs;
    tats.set(`${queue}\n${limits.rate.key}`, tat);
    openings.push({ queue, gate: gate.gate, many, rate: { key: limits.rate.key, tat, cellUs: rate.cellUs } });
  }
  return { openings, again };
}

function freeOf(gate: Gate, running: ReadonlyMap<string, number>): number {
  const { concurrency } = gate.limits;
  if (!concurrency) return Infinity;
  return concurrency.limit - gate.running - (running.get(`${gate.queue}\n${concurrency.key}`) ?? 0);
}

function count(running: Map<string, number>, { queue, limits }: Gate, many: number): void {
  const key = `${queue}\n${limits.concurrency?.key}`;
  running.set(key, (running.get(key) ?? 0) + many);
}

/** As many at once as the limit, when none has started in the time before; then evenly. */
function rateOf(rate: { limit: number; perMs: number }, tat: number | undefined, now: number) {
  const nowUs = Math.floor(now * 1000);
  const cellUs = Math.max(1, Math.ceil((rate.perMs * 1000) / rate.limit));
  const from = Math.max(tat ?? 0, nowUs);
  const room = nowUs + rate.perMs * 1000 - from;
  const free = Math.max(0, Math.floor(room / cellUs));
  return { free, from, cellUs, nextAt: Math.ceil((from + cellUs - rate.perMs * 1000) / 1000) };
}
