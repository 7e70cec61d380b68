/** One round: clients and strikes at once, then quiet, then every promise is looked at. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../src/cli/remote/client.ts';
import type { JobView } from '../../src/contract/job.ts';
import type { EventView } from '../../src/contract/stream.ts';
import {
  endedOnce,
  endedProperly,
  existOnce,
  logIsWhole,
  neverTwoAttempts,
  sameStream,
  strictlyInOrder,
  successIsReal,
} from './checks.ts';
import { type ClientOptions, resumeAll, steerAtRandom, submitAll } from './clients.ts';
import { readEvidence } from './evidence.ts';
import { doorOf } from './installation.ts';
import { Ledger } from './ledger.ts';
import { membersOf, shimsOf, within } from './processes.ts';
import { type Battlefield, STRIKES, type StrikeName, type WorkerStrike } from './strikes.ts';

export interface RoundPlan {
  readonly label: string;
  readonly jobs: number;
  /** How long submissions and strikes are spread over, milliseconds. */
  readonly overMs: number;
  readonly strikes: readonly StrikeName[];
  /** How long all jobs may take to end once everything is left alone, milliseconds. */
  readonly endWithinMs: number;
  /** How many logs are read whole. */
  readonly logs: number;
}

export interface RoundReport {
  readonly label: string;
  readonly jobs: number;
  readonly states: Readonly<Record<string, number>>;
  readonly attempts: number;
  readonly events: number;
  readonly struck: Readonly<Partial<Record<StrikeName | WorkerStrike, number>>>;
  /** Of the stage of tasks: handlers that began more than once, and tasks that lost a lease. */
  readonly tasks?: { readonly ranTwice: number; readonly lostLeases: number };
  readonly counts: Ledger['counts'];
  readonly logsRead: number;
  readonly seconds: number;
  /** Empty: every promise was kept. */
  readonly broken: readonly string[];
}

export type Field = Omit<Battlefield, 'ledger'>;

/** Follows all events from the first one on, through every break. */
export interface Follower {
  readonly seen: readonly EventView[];
}

const STEER_EVERY_MS = 150;

export async function playRound(field: Field, plan: RoundPlan, follower: Follower): Promise<RoundReport> {
  const began = performance.now();
  const ledger = new Ledger();
  const { installation, chance } = field;
  const door = doorOf(installation, field.partner, chance);
  const options: ClientOptions = { installation, door, ledger, chance };
  const firstEvent = follower.seen.length;
  const calm = new AbortController();
  const steering = steerAtRandom(options, STEER_EVERY_MS, calm.signal);
  const [struck] = await Promise.all([
    strikeAll({ ...field, ledger }, plan),
    submitAll(options, { jobs: plan.jobs, label: plan.label, overMs: plan.overMs }),
  ]);
  calm.abort();
  await steering;
  const ends = await untilAllEnded(options, plan);
  const jobs = await jobsOf(installation.client, plan.label);
  const broken = [
    ...installation.unasked.splice(0),
    ...(field.partner?.unasked.splice(0) ?? []),
    ...ledger.improper,
    ...ends,
    ...(await judge(field, plan, { ledger, jobs, follower, firstEvent })),
  ];
  return {
    label: plan.label,
    jobs: jobs.length,
    states: countBy(jobs.map(({ status }) => status.state)),
    attempts: jobs.reduce((sum, { status }) => sum + status.attempt, 0),
    events: follower.seen.length - firstEvent,
    struck,
    counts: ledger.counts,
    logsRead: Math.min(plan.logs, jobs.filter(({ status }) => status.state === 'succeeded').length),
    seconds: (performance.now() - began) / 1000,
    broken,
  };
}

async function strikeAll(on: Battlefield, plan: RoundPlan): Promise<Partial<Record<StrikeName, number>>> {
  const struck: Partial<Record<StrikeName, number>> = {};
  const gap = plan.overMs / (plan.strikes.length + 1);
  for (const name of plan.strikes) {
    await delay(gap * (0.5 + on.chance.next()));
    if (await strikeOnce(on, name)) struck[name] = (struck[name] ?? 0) + 1;
  }
  return struck;
}

/** There may be nothing to hit at first: no shim runs, no backend is connected. */
async function strikeOnce(on: Battlefield, name: StrikeName): Promise<boolean> {
  for (let tries = 0; tries < 10; tries += 1) {
    if (await STRIKES[name](on)) return true;
    await delay(200);
  }
  return false;
}

async function untilAllEnded(options: ClientOptions, plan: RoundPlan): Promise<string[]> {
  const { client } = options.installation;
  let left: JobView[] = [];
  const ended = await within(plan.endWithinMs, async () => {
    const jobs = await jobsOf(client, plan.label).catch(() => undefined);
    if (!jobs) return false;
    left = jobs.filter(({ status }) => !['succeeded', 'failed', 'cancelled'].includes(status.state));
    const suspended = left.filter(({ status }) => status.state === 'suspended');
    await resumeAll(
      options,
      suspended.map(({ metadata }) => metadata.uid),
    );
    if (left.length > 0) await delay(200);
    return left.length === 0;
  });
  if (ended) return [];
  return left.map(({ metadata, status }) => `${metadata.name} is stuck: ${status.state} (${status.message})`);
}

interface Seen {
  readonly ledger: Ledger;
  readonly jobs: readonly JobView[];
  readonly follower: Follower;
  readonly firstEvent: number;
}

async function judge(field: Field, plan: RoundPlan, seen: Seen): Promise<string[]> {
  const { installation } = field;
  const { ledger, jobs, follower, firstEvent } = seen;
  const fresh = await eventsSince(installation.client, follower.seen[firstEvent - 1]?.id ?? 'start');
  const newest = fresh.at(-1)?.id;
  await within(10_000, () => newest === undefined || follower.seen.some(({ id }) => id === newest));
  const followed = follower.seen.slice(firstEvent);
  const evidence = readEvidence(installation.evidence).filter(({ uid }) => ledger.uids.has(uid));
  const diskWasFull = plan.strikes.includes('fill disk');
  return [
    ...existOnce(ledger, jobs),
    ...endedProperly(ledger, jobs, diskWasFull),
    ...endedOnce(ledger, fresh),
    ...strictlyInOrder(fresh),
    ...sameStream(followed, fresh),
    ...neverTwoAttempts(ledger, evidence),
    ...successIsReal(ledger, jobs, evidence),
    ...(await quotaIsBack(installation.client)),
    ...(await nothingIsLeft(ledger)),
    ...(await auditHolds(installation.client, ledger.acknowledged.length)),
    ...(diskWasFull ? [] : await logsAreWhole(installation.client, jobs, plan.logs)),
  ];
}

export async function jobsOf(client: Client, label: string): Promise<JobView[]> {
  const jobs: JobView[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.call('job.list', {
      selector: `round=${label}`,
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    jobs.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return jobs;
}

/** All events after the cursor, up to the newest that there is now. */
export async function eventsSince(client: Client, after: string): Promise<EventView[]> {
  const newest = (await client.call('event.list', { limit: 1 })).items[0]?.id;
  const events: EventView[] = [];
  if (newest === undefined || newest === after) return events;
  const over = new AbortController();
  for await (const event of client.stream('event.follow', { after }, { signal: over.signal })) {
    events.push(event);
    if (event.id === newest) over.abort();
  }
  return events;
}

export async function quotaIsBack(client: Client): Promise<string[]> {
  let said = '';
  const back = await within(5000, async () => {
    const { items } = await client.call('queue.list', {});
    const holding = items.filter(
      ({ status }) => status.holding > 0 || status.pending > 0 || usesAny(status.used),
    );
    said = JSON.stringify(holding.map(({ metadata, status }) => ({ queue: metadata.name, ...status })));
    return holding.length === 0;
  });
  return back ? [] : [`quota is not back: ${said}`];
}

function usesAny(used: Readonly<Record<string, string>>): boolean {
  return Object.values(used).some((amount) => Number.parseFloat(amount) > 0);
}

async function nothingIsLeft(ledger: Ledger): Promise<string[]> {
  const left = () => [...membersOf(ledger.uids), ...shimsOf(ledger.uids)];
  if (await within(5000, () => left().length === 0)) return [];
  return left().map(({ pid, uid, command }) => `process ${pid} of job ${uid} was left behind: ${command}`);
}

/** Invariant 10: the chains and their heads hold, all is sealed, and no acknowledged submission is missing. */
export async function auditHolds(client: Client, acknowledged: number): Promise<string[]> {
  let verdict = await client.call('audit.verify', {});
  await within(5000, async () => {
    verdict = await client.call('audit.verify', {});
    return verdict.unsealed === 0;
  });
  const findings = verdict.findings.map(({ message }) => `the audit does not hold: ${message}`);
  const missing = acknowledged - verdict.items;
  return missing > 0 ? [...findings, `the audit lacks ${missing} changes`] : findings;
}

async function logsAreWhole(client: Client, jobs: readonly JobView[], most: number): Promise<string[]> {
  const broken: string[] = [];
  for (const job of jobs.filter(({ status }) => status.state === 'succeeded').slice(0, most)) {
    const { name, uid } = job.metadata;
    const lines = new Map<number, string[]>();
    for await (const line of client.stream('job.logs', { project: 'default', job: uid })) {
      lines.set(line.member, [...(lines.get(line.member) ?? []), line.text]);
    }
    const members = job.status.attempts.at(-1)?.members ?? [];
    for (const { index } of members) {
      broken.push(...logIsWhole(`${name}/${index}`, job.status.attempt, lines.get(index) ?? []));
    }
  }
  return broken;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
