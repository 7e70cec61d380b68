/**
 * Tasks under fire: thousands of them in batches that are repeated until they are acknowledged, workers in
 * processes of their own, and everything that handles them killed, frozen or cut off meanwhile.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../../src/cli/remote/client.ts';
import type { JobView } from '../../../src/contract/job.ts';
import type { CampaignOptions, Size } from '../campaign.ts';
import type { Chance } from '../chance.ts';
import { strictlyInOrder } from '../checks.ts';
import { ask } from '../clients.ts';
import { CAPSTAN_UP, Installation } from '../installation.ts';
import { within } from '../processes.ts';
import { auditHolds, eventsSince, jobsOf, quotaIsBack, type RoundReport } from '../round.ts';
import { type Battlefield, STRIKES, type StrikeName, type WorkerStrike } from '../strikes.ts';
import { Crew } from './crew.ts';
import { judgeTasks } from './judge.ts';

const LABEL = 'tasks';
const HANDLER = 'count';
const LEASE_MS = 4000;
/** Longer than a lease, and than the second in which its end is noticed. */
const SILENT_MS = LEASE_MS + 3000;
const HANDS = 3;
const BATCH = 250;

/** Strikes at workers; those at the server are the other stages'. */
const AT_WORKERS = {
  'kill worker': (crew: Crew, index: number) => crew.kill(index),
  'freeze worker': (crew: Crew, index: number) => crew.freeze(index, SILENT_MS),
  'half-open connection': (crew: Crew, index: number) => crew.cutOff(index, SILENT_MS),
} as const satisfies Record<WorkerStrike, unknown>;

const DECK: readonly (WorkerStrike | StrikeName)[] = [
  'kill worker',
  'kill server',
  'freeze worker',
  'kill postmaster',
  'half-open connection',
  'kill server and postmaster',
  'kill backend',
];

export async function playTasks({ size }: CampaignOptions, chance: Chance): Promise<RoundReport> {
  const began = performance.now();
  const env = { CAPSTAN_WORKERS_LEASE: `${LEASE_MS}ms` };
  const installation = await Installation.make({ ...CAPSTAN_UP, env });
  try {
    await installation.up();
    const { key } = await installation.client.call('key.create', { name: 'crew', roles: ['worker'] });
    const evidence = join(installation.folder, 'traces');
    const crew = await Crew.muster({ port: installation.port, key, handler: HANDLER, evidence, size: HANDS });
    try {
      const report = await play({ installation, crew, chance, size });
      return { ...report, seconds: (performance.now() - began) / 1000 };
    } finally {
      await crew.dismiss();
    }
  } finally {
    await installation.kill('SIGTERM');
    installation.remove();
  }
}

interface Scene {
  readonly installation: Installation;
  readonly crew: Crew;
  readonly chance: Chance;
  readonly size: Size;
}

async function play(scene: Scene): Promise<Omit<RoundReport, 'seconds'>> {
  const { installation, crew, size } = scene;
  const counts = { submissions: 0, tries: 0, lostAnswers: 0, refused: 0, steered: 0 };
  const calm = new AbortController();
  const striking = strike(scene, calm.signal);
  const acknowledged = await submitAll(installation, size.tasks, counts);
  calm.abort();
  const struck = await striking;
  const { client } = installation;
  const stuck = await untilAllEnded(client, size);
  const jobs = await jobsOf(client, LABEL);
  const events = await eventsSince(client, 'start');
  const { broken, ranTwice, lostLeases } = judgeTasks({ acknowledged, jobs, events, traces: crew.traces() });
  return {
    label: LABEL,
    jobs: jobs.length,
    states: countStates(jobs),
    attempts: jobs.reduce((sum, { status }) => sum + status.attempt, 0),
    events: events.length,
    struck,
    counts,
    logsRead: 0,
    tasks: { ranTwice, lostLeases },
    broken: [
      ...installation.unasked.splice(0),
      ...crew.unasked,
      ...stuck,
      ...broken,
      ...strictlyInOrder(events),
      ...(await quotaIsBack(client)),
      ...(await auditHolds(client, acknowledged.length)),
    ],
  };
}

/** One after the other until there is nothing more to submit; each kind comes before one comes again. */
async function strike({ installation, crew, chance, size }: Scene, calm: AbortSignal) {
  const struck: Partial<Record<WorkerStrike | StrikeName, number>> = {};
  const field = { installation, chance, freezeMs: size.freezeMs } as Battlefield;
  let deck: (WorkerStrike | StrikeName)[] = [];
  while (!calm.aborted) {
    await delay(size.tasks.strikeEveryMs * (0.5 + chance.next()), undefined, { signal: calm }).catch(
      () => {},
    );
    if (calm.aborted) break;
    if (deck.length === 0) deck = chance.shuffled(DECK);
    const name = deck.pop()!;
    const hand = chance.between(0, HANDS - 1);
    if (isAtWorker(name)) await AT_WORKERS[name](crew, hand);
    else if (!(await STRIKES[name](field))) continue;
    struck[name] = (struck[name] ?? 0) + 1;
  }
  return struck;
}

function isAtWorker(name: WorkerStrike | StrikeName): name is WorkerStrike {
  return Object.hasOwn(AT_WORKERS, name);
}

/** In an even stream that lasts as long as the strikes do; answers the uids. */
async function submitAll(
  installation: Installation,
  { count, overMs }: Size['tasks'],
  counts: RoundReport['counts'],
): Promise<string[]> {
  const uids: string[] = [];
  const batches = Math.ceil(count / BATCH);
  const began = performance.now();
  for (let batch = 0; batch < batches; batch += 1) {
    const most = Math.min(BATCH, count - batch * BATCH);
    uids.push(...(await submitBatch(installation, { batch, most }, counts)));
    const due = began + (overMs * (batch + 1)) / batches;
    await delay(Math.max(0, due - performance.now()));
  }
  return uids;
}

interface BatchAnswer {
  readonly items: readonly { readonly uid: string }[];
}

async function submitBatch(
  installation: Installation,
  { batch, most }: { readonly batch: number; readonly most: number },
  counts: RoundReport['counts'],
): Promise<string[]> {
  const jobs = Array.from({ length: most }, (_, n) => ({
    labels: { round: LABEL },
    spec: { queue: 'default', task: { handler: HANDLER, payload: batch * BATCH + n } },
  }));
  const request = { path: '/jobs:batch', body: { mode: 'all', jobs }, key: `batch-${batch}` };
  counts.submissions += most;
  for (;;) {
    counts.tries += 1;
    const answer = await ask(installation, request);
    if (answer.kind === 'answer' && answer.status < 300) {
      return (JSON.parse(answer.body) as BatchAnswer).items.map(({ uid }) => uid);
    }
    if (answer.kind === 'lost') counts.lostAnswers += 1;
    else if (answer.status === 503 || answer.status === 429) counts.refused += 1;
    else throw new Error(`a batch was answered with ${answer.status}: ${answer.body.slice(0, 500)}`);
    await delay(100);
  }
}

async function untilAllEnded(client: Client, { endWithinMs }: Size): Promise<string[]> {
  let left: readonly JobView[] = [];
  const ended = await within(endWithinMs, async () => {
    const open = await client.call('job.list', {
      selector: `round=${LABEL}`,
      state: 'pending,running,backoff,stopping,unreachable,suspended',
      limit: 20,
    });
    left = open.items;
    if (left.length > 0) await delay(200);
    return left.length === 0;
  });
  return ended ? [] : left.map(({ metadata, status }) => `${metadata.uid} is stuck: ${status.state}`);
}

function countStates(jobs: readonly JobView[]): Record<string, number> {
  const groups = Map.groupBy(jobs, ({ status }) => status.state);
  return Object.fromEntries([...groups].map(([state, all]) => [state, all.length]));
}
