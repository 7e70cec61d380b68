/**
 * The promises, held against what the API tells and what jobs wrote. Each check returns what is wrong,
 * in sentences; nothing is mended or waited for here.
 */

import type { JobView } from '../../src/contract/job.ts';
import type { EventView } from '../../src/contract/stream.ts';
import { type StateName, TERMINAL, TRANSITIONS } from '../../src/core/job/state.ts';
import { contradictions, type Evidence, gangContradictions } from './evidence.ts';
import type { Ledger, Order } from './ledger.ts';

type Acknowledged = Order & { readonly uid: string };

/** Invariant 1: each acknowledged submission exists, once. */
export function existOnce(ledger: Ledger, jobs: readonly JobView[]): string[] {
  const byName = Map.groupBy(jobs, ({ metadata }) => metadata.name);
  return ledger.orders.flatMap(({ name, uid, uids }) => {
    const found = byName.get(name) ?? [];
    if (uid === undefined) return [`${name} was never acknowledged`];
    if (uids.size > 1) return [`${name} was acknowledged as ${[...uids].join(' and ')}`];
    if (found.length !== 1) return [`${name} exists ${found.length} times`];
    return found[0]?.metadata.uid === uid ? [] : [`${name} was acknowledged as ${uid} and is another`];
  });
}

/** Where each job ended follows from what it is and what was asked. `mayFail`: its machine had no room for it. */
export function endedProperly(ledger: Ledger, jobs: readonly JobView[], mayFail: boolean): string[] {
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]));
  return ledger.acknowledged.flatMap((order) => {
    const job = byUid.get(order.uid);
    if (!job) return [`${order.name} is not there`];
    const { state, message } = job.status;
    const may = [...properEnds(order, job), ...(mayFail ? ['failed'] : [])];
    return may.includes(state)
      ? []
      : [`${order.name} (${order.nature}) is ${state}, not ${may.join(' or ')}: ${message}`];
  });
}

function properEnds({ nature, acknowledged, asked }: Acknowledged, job: JobView): string[] {
  if (acknowledged.has('cancel')) return ['cancelled'];
  const natural = nature === 'fails' ? 'failed' : 'succeeded';
  const lostTooOften = job.status.charges.lost > 10 ? ['failed'] : [];
  return [natural, ...lostTooOften, ...(asked.has('cancel') ? ['cancelled'] : [])];
}

/** Each job ended exactly once, and once more for each time that it was redriven; every step is an arrow. */
export function endedOnce(ledger: Ledger, events: readonly EventView[]): string[] {
  const byUid = Map.groupBy(events, ({ uid }) => uid);
  return ledger.acknowledged.flatMap((order) => lifeOf(order, byUid.get(order.uid) ?? []));
}

function lifeOf({ name, asked }: Acknowledged, events: readonly EventView[]): string[] {
  const states = events.map(({ state }) => state);
  const steps = states.filter((state, at) => state !== states[at - 1]);
  const wrong = steps.slice(1).flatMap((to, at) => {
    const from = steps[at] as StateName;
    return follows(from, to as StateName) ? [] : [`${name} went from ${from} to ${to}`];
  });
  const ends = events.filter(({ state }) => TERMINAL.has(state as StateName)).length;
  const redriven = events.filter(({ reason }) => reason === 'Redriven').length;
  const asks = asked.get('redrive') ?? 0;
  if (ends !== redriven + 1) wrong.push(`${name} ended ${ends} times and was redriven ${redriven} times`);
  if (redriven > asks) wrong.push(`${name} was redriven ${redriven} times, asked for ${asks} times`);
  if (steps[0] !== 'pending') wrong.push(`${name} began as ${steps[0]}`);
  return wrong;
}

/** The end of a backoff is told by no event: the next one may already be the admission. */
function follows(from: StateName, to: StateName): boolean {
  const past = from === 'backoff' ? TRANSITIONS.pending : [];
  return [...TRANSITIONS[from], ...past].includes(to);
}

/** Invariant 2, by what the jobs wrote. */
export function neverTwoAttempts(ledger: Ledger, evidence: readonly Evidence[]): string[] {
  const known = ledger.uids;
  const byUid = Map.groupBy(evidence, ({ uid }) => uid);
  const strangers = [...byUid.keys()].filter((uid) => !known.has(uid));
  return [
    ...strangers.map((uid) => `job ${uid} ran and was never acknowledged`),
    ...evidence.flatMap(contradictions),
    ...[...byUid.values()].flatMap(gangContradictions),
  ];
}

/** What succeeded wrote so itself, on each member, in its last attempt. */
export function successIsReal(
  ledger: Ledger,
  jobs: readonly JobView[],
  evidence: readonly Evidence[],
): string[] {
  const byUid = Map.groupBy(evidence, ({ uid }) => uid);
  const orders = new Map(ledger.acknowledged.map((order) => [order.uid, order]));
  return jobs.flatMap(({ metadata, status }) => {
    const order = orders.get(metadata.uid);
    if (!order || status.state !== 'succeeded') return [];
    const members = byUid.get(metadata.uid) ?? [];
    const done = members.filter(({ lines }) =>
      lines.some(({ what, attempt }) => what === 'end' && attempt === status.attempt),
    );
    return done.length === order.members
      ? []
      : [
          `${order.name} succeeded in attempt ${status.attempt}, but ${done.length} of ${order.members} members say so`,
        ];
  });
}

/** Cursors grow strictly: nothing twice, nothing late. */
export function strictlyInOrder(events: readonly EventView[]): string[] {
  return events.slice(1).flatMap((event, at) => {
    const before = events[at]!;
    return isBefore(before.id, event.id) ? [] : [`event ${event.id} came after ${before.id}`];
  });
}

function isBefore(a: string, b: string): boolean {
  const [, xidA = '0', seqA = '0'] = a.split('.');
  const [, xidB = '0', seqB = '0'] = b.split('.');
  return xidA === xidB ? BigInt(seqA) < BigInt(seqB) : BigInt(xidA) < BigInt(xidB);
}

/** Who followed through all breaks saw what a fresh reader sees: the same, in the same order. */
export function sameStream(followed: readonly EventView[], fresh: readonly EventView[]): string[] {
  if (followed.length !== fresh.length)
    return [`the follower saw ${followed.length} events, a fresh reader ${fresh.length}`];
  const at = followed.findIndex(({ id }, index) => id !== fresh[index]?.id);
  return at === -1 ? [] : [`event ${at} is ${followed[at]?.id} for the follower and ${fresh[at]?.id} afresh`];
}

/** A log is whole when every beat of the last attempt is there in its order, and the last line. */
export function logIsWhole(name: string, attempt: number, lines: readonly string[]): string[] {
  const beats = lines.slice(0, -1);
  const gap = beats.findIndex((line, at) => line !== `beat ${at}`);
  if (gap !== -1) return [`the log of ${name} has "${beats[gap]}" for beat ${gap}`];
  return lines.at(-1) === `last ${attempt}` ? [] : [`the log of ${name} ends with "${lines.at(-1) ?? ''}"`];
}
