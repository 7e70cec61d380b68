/** The `TaskStore` port over PostgreSQL. */
import type { Job } from '../../../core/job/job.ts';
import type {
  Lane,
  LeasedTask,
  LogPlace,
  TaskLogLine,
  TaskNote,
  TaskStore,
  TurnOutcome,
  TurnRequest,
} from '../../../ports/task-store.ts';
import type { Database } from '../database.ts';
import { isUid } from '../uid.ts';
import { tasksByUid } from './get-tasks.ts';
import { lanesOf } from './lanes.ts';
import { dependenciesOf, noteLines, noteProgress, taskLog } from './notes.ts';
import { allSlices, lockSlices } from './slices.ts';
import type { Hints } from './task-submitter.ts';
import { type Turn, turn, turnOutcome } from './turn.ts';
import { wakeTasks } from './wake.ts';

export class PostgresTasks implements TaskStore {
  readonly #db: Database;
  readonly #hot: Database;
  readonly #hints: Hints;
  /** Queues whose slice was limited when it was last looked at. */
  #limited: ReadonlySet<string> = new Set();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ db, hot }: { readonly db: Database; readonly hot: Database }, hints: Hints) {
    this.#db = db;
    this.#hot = hot;
    this.#hints = hints;
  }

  async turn({ done, demands, slots, now }: TurnRequest): Promise<TurnOutcome> {
    const { audit } = this.#db;
    const locked = await this.#limitedOf(demands);
    const request: Turn = {
      done: done.map((each) => ({ ...each, audit: audit.speakerOf(each.by) })),
      demands,
      slots: slots.map((each) => ({ ...each, audit: audit.speakerOf(each.by) })),
      locked,
      now,
    };
    const outcome = turnOutcome(await this.#turn(request));
    if (outcome.recorded.size > 0 || outcome.leased.length > 0) this.#hints.news.changed();
    return outcome;
  }

  #turn(request: Turn): Promise<(readonly string[] | LeasedTask)[]> {
    const { locked } = request;
    if (locked.length === 0) return this.#hot.run(turn, request);
    return this.#hot.transaction('BEGIN', async (on) => {
      await on.run(lockSlices, locked);
      return on.run(turn, request);
    });
  }

  /** Looked at once a second: until a new limit is seen here, nothing is taken from what it limits. */
  async #limitedOf(demands: readonly Lane[]): Promise<readonly string[]> {
    if (demands.length === 0) return [];
    const now = performance.now();
    if (now - this.#lookedAt > 1000) {
      this.#lookedAt = now;
      const slices = await this.#db.run(allSlices, undefined);
      this.#limited = new Set(slices.filter(({ slots }) => slots !== null).map(({ queue }) => queue));
    }
    return [...new Set(demands.map(({ queue }) => queue))].filter((queue) => this.#limited.has(queue)).sort();
  }

  async lanes(
    queues: readonly string[],
    { from, limit }: { from?: Lane | undefined; limit: number },
  ): Promise<readonly Lane[]> {
    const found = await Promise.all(
      queues.map((queue) =>
        this.#db.run(lanesOf, { queue, from: from?.queue === queue ? from : undefined, limit }),
      ),
    );
    return found.flat();
  }

  async jobs(uids: readonly string[]): Promise<readonly Job[]> {
    const asked = uids.filter(isUid);
    return asked.length === 0 ? [] : this.#db.run(tasksByUid, asked);
  }

  async wake(now: number, limit: number): Promise<{ count: number; queues: readonly string[] }> {
    const woken = (await this.#db.one(wakeTasks, { now, limit, hint: this.#hints.text([]) })) ?? {
      count: 0,
      queues: [],
    };
    this.#hints.tell(woken.queues);
    return woken;
  }

  async report(items: readonly TaskNote[], now: number): Promise<void> {
    const progress = items.filter((item) => item.progress);
    const lines = items.filter((item) => item.lines && item.lines.length > 0);
    if (progress.length > 0) await this.#db.run(noteProgress, { notes: progress, now });
    if (lines.length > 0) await this.#db.run(noteLines, { notes: lines, now });
  }

  async dependencies(uids: readonly string[], only?: string): Promise<ReadonlyMap<string, readonly Job[]>> {
    const links = await this.#db.run(dependenciesOf, { uids, only });
    const on = [...new Set(links.map(({ on_uid }) => on_uid))];
    const jobs = on.length === 0 ? [] : await this.#db.run(tasksByUid, on);
    const byUid = new Map(jobs.map((job) => [job.uid, job]));
    const found = new Map<string, Job[]>();
    for (const { dependent, on_uid } of links) {
      const job = byUid.get(on_uid);
      if (!job) continue;
      const others = found.get(dependent);
      if (others) others.push(job);
      else found.set(dependent, [job]);
    }
    return found;
  }

  logs(uid: string, after: LogPlace, limit: number): Promise<readonly TaskLogLine[]> {
    return this.#db.run(taskLog, { uid, ...after, limit });
  }
}
