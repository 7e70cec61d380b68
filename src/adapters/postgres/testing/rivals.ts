/**
 * Two servers that do things to the same jobs at the same time, and a ledger of what was told to
 * have been done, to hold the store to.
 */
import { v7 } from 'uuid';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import type { Job } from '../../../core/job/job.ts';
import { preempt } from '../../../core/job/preempt.ts';
import { redrive } from '../../../core/job/redrive.ts';
import { hasEnded, holdsProcesses } from '../../../core/job/state.ts';
import { resume, suspend } from '../../../core/job/suspend.ts';
import type { Decision, Transition } from '../../../core/job/transition.ts';
import { NOTHING } from '../../../core/job/transition.ts';
import { update } from '../../../core/job/update.ts';
import type { Store } from '../open-store.ts';
import { aSubmission, ended } from './jobs.ts';

export const MOVES = [
  'submit',
  'admit',
  'succeed',
  'fail',
  'cancel',
  'suspend',
  'resume',
  'preempt',
  'redrive',
  'update',
  'remove',
  'plan',
  'race',
] as const;

export interface Move {
  readonly kind: (typeof MOVES)[number];
  /** Which of the newest jobs, and which of the servers. */
  readonly pick: number;
  readonly server: 0 | 1;
}

/** So few jobs are dealt with at a time that the servers meet on them. */
const NEWEST = 2;

type Decide = (job: Job, now: number) => Decision;

const DECISIONS: Readonly<Partial<Record<Move['kind'], Decide>>> = {
  admit: (job, now) => admit(job, { agent: 'local', now }),
  succeed: (job, now) => ending(job, { exitCode: 0, now }),
  fail: (job, now) => ending(job, { exitCode: 1, now }),
  cancel: (job, now) => cancel(job, { by: 'ada', now }),
  suspend: (job, now) => suspend(job, { by: 'ada', now }),
  resume: (job, now) => resume(job, { by: 'ada', now }),
  preempt: (job, now) =>
    preempt(job, { by: 'uid-other', byName: 'a/higher-claim', reason: 'Reclaimed', lostMs: 0, now }),
  redrive: (job, now) => redrive(job, { by: 'ada', now }),
  update: (job, now) => update(job, { priority: now % 100, by: 'ada', now }),
};

function ending(job: Job, how: { exitCode: number; now: number }): Decision {
  return holdsProcesses(job.state) ? { kind: 'transition', transition: ended(job, how) } : NOTHING;
}

export class Rivals {
  readonly project: string;
  /** Every transition that the store said it applied. */
  readonly applied: Transition[] = [];
  readonly removed = new Set<string>();
  readonly #stores: readonly [Store, Store];
  readonly #uids: string[] = [];
  #now: number;

  constructor(stores: readonly [Store, Store], now: number) {
    this.#stores = stores;
    this.#now = now;
    this.project = `p-${v7()}`;
  }

  async play({ kind, pick, server }: Move): Promise<void> {
    const store = this.#stores[server];
    const now = this.#now++;
    if (kind === 'submit' || this.#uids.length === 0) return this.#submit(store, pick, now);
    if (kind === 'plan') return this.#plan(store, `server-${server}`, now);
    const newest = this.#uids.slice(-NEWEST);
    const uid = newest[pick % newest.length]!;
    if (kind === 'remove') return this.#remove(store, uid);
    const job = await store.jobs.get(this.project, uid);
    if (job && kind === 'race') return this.#race(job, now);
    const decision = job && DECISIONS[kind]?.(job, now);
    if (decision?.kind === 'transition') await this.#apply(store, decision.transition);
  }

  /** Names and keys are few, so that submissions meet. */
  async #submit(store: Store, pick: number, now: number): Promise<void> {
    const first = aSubmission({ project: this.project, name: `job-${pick % 5}`, now });
    const once = { principal: this.project, key: `key-${pick % 9}`, digest: 'd' };
    const answer = await settled(store.jobs.submit(first, once), 'job.not_found');
    if (answer?.kind !== 'stored') return;
    this.applied.push(first);
    this.#uids.push(first.job.uid);
  }

  async #apply(store: Store, transition: Transition): Promise<void> {
    const next = await settled(store.jobs.apply(transition), 'job.name_taken');
    if (next) this.applied.push(transition);
  }

  /** Both servers decide on the version that one of them read. */
  async #race(job: Job, now: number): Promise<void> {
    const decisions = [update(job, { priority: 1, by: 'ada', now }), suspend(job, { by: 'bob', now })];
    const applying = decisions.map(async (decision, i) => {
      if (decision.kind === 'transition') await this.#apply(this.#stores[i]!, decision.transition);
    });
    await Promise.all(applying);
  }

  async #remove(store: Store, uid: string): Promise<void> {
    const job = await store.jobs.get(this.project, uid);
    if (job && hasEnded(job.state) && (await store.jobs.remove(uid))) this.removed.add(uid);
  }

  async #plan(store: Store, holder: string, now: number): Promise<void> {
    const lease = await store.scheduler.acquire(holder, 60_000);
    if (!lease) return;
    const { pending } = await store.board.snapshot();
    const ours = pending.filter(({ project }) => project === this.project);
    const jobs = await store.scheduler.jobs(ours.map(({ uid }) => uid));
    const decisions = jobs.map((job) => admit(job, { agent: 'local', now }));
    const plan = decisions.flatMap((made) => (made.kind === 'transition' ? made.transition : []));
    const uids = new Set(await store.scheduler.apply(lease, { transitions: plan, waiting: [] }));
    this.applied.push(...plan.filter(({ job }) => uids.has(job.uid)));
    await store.scheduler.release(lease);
  }
}

/** The answer, or undefined when it was refused in the one way that a race may bring about. */
async function settled<T>(answer: Promise<T>, refusal: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === refusal) return undefined;
    throw error;
  }
}
