/**
 * Reads and single submissions over HTTP, with all that a server does switched on: authentication by
 * key, events, the controllers. Beside it a client on the database itself, and what each part costs.
 * Server, database and load share this machine.
 */
import { join } from 'node:path';
import { BareDatabase } from './api/bare-database.ts';
import { type Act, ApiLoad, type Load, loaded } from './api/load.ts';
import { checkStored, type OperationName, PAGE, prepare, requestsFor } from './api/requests.ts';
import { withoutRows } from './api/without-rows.ts';
import { Capstan } from './harness/capstan.ts';
import { type BenchDatabase, startDatabase } from './harness/database.ts';
import { figureOf, type Peer, type Report } from './harness/figure.ts';
import { median, quantile } from './harness/samples.ts';
import { scratch } from './harness/scratch.ts';

const OPERATIONS: readonly OperationName[] = ['job.get', 'job.list', 'job.submit'];
const CONNECTIONS = [1, 16, 64] as const;
/** What can be taken away of a server, measured with so many connections. */
const PARTS = ['authentication', 'audit', 'events', 'store'] as const;
const PART_CONNECTIONS = 16;
const ROUNDS = 3;
/** Parts that are rows of a table: the table takes none while they are measured. */
const ROWS_OF: Partial<Record<(typeof PARTS)[number], string>> = { audit: 'audit_record', events: 'event' };
/** Each round, milliseconds. */
const ROUND = 600;
const WARM_UP = 200;

export async function run(report: Report): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  const uid = await whole(place.dir, database, report);
  await parts({ dir: place.dir, uid, database }, report);
}

/** Returns the uid of a job. */
async function whole(dir: string, database: BenchDatabase, report: Report): Promise<string> {
  await using server = await Capstan.server(join(dir, 'server'), { home: dir, database: database.url });
  const uid = await prepare(server);
  let submitted = PAGE;
  for (const operation of OPERATIONS) {
    for (const connections of CONNECTIONS) {
      const loads = await overHttp(server, { operation, connections, uid });
      const peer = await bare(database, { operation, connections, uid });
      if (operation === 'job.submit') submitted += loads.requests;
      tell(report, `${operation}, ${connections} at a time`, { loads: loads.measured, peer });
    }
  }
  await checkStored(server, submitted);
  return uid;
}

interface Scenario {
  readonly operation: OperationName;
  readonly connections: number;
  readonly uid: string;
}

interface Loads {
  readonly measured: readonly Load[];
  /** Those of the warm-up too. */
  readonly requests: number;
}

async function overHttp(server: Capstan, { operation, connections, uid }: Scenario): Promise<Loads> {
  await using api = new ApiLoad(server, connections);
  const request = requestsFor(uid)[operation];
  return await rounds(async () => void (await api.send(request)), connections);
}

async function bare(database: BenchDatabase, { operation, connections, uid }: Scenario): Promise<Peer> {
  await using direct = await BareDatabase.open(database.config, connections);
  const act = direct.act(operation, uid);
  await loaded(act, connections, WARM_UP);
  const { perSecond } = await loaded(act, connections, ROUND);
  const against = operation === 'job.submit' ? 'an INSERT and its commit' : 'the same SELECT';
  return {
    against: `${against} on the database itself`,
    samples: [perSecond],
  };
}

async function rounds(act: Act, connections: number): Promise<Loads> {
  const warmUp = await loaded(act, connections, WARM_UP);
  const measured: Load[] = [];
  for (let round = 0; round < ROUNDS; round += 1) measured.push(await loaded(act, connections, ROUND));
  const requests = [warmUp, ...measured].reduce((sum, { latencies }) => sum + latencies.length, 0);
  return { measured, requests };
}

function tell(report: Report, name: string, { loads, peer }: { loads: readonly Load[]; peer?: Peer }): void {
  const rates = loads.map(({ perSecond }) => perSecond);
  report(figureOf({ name, samples: rates, unit: '1/s', peer }));
  const middle = loads.map(({ latencies }) => median(latencies));
  report(figureOf({ name: `${name}, p50`, samples: middle, unit: 'ms' }));
  const slowest = loads.map(({ latencies }) => quantile(latencies, 0.99));
  report(figureOf({ name: `${name}, p99`, samples: slowest, unit: 'ms' }));
}

interface Place {
  readonly dir: string;
  readonly uid: string;
  readonly database: BenchDatabase;
}

/** The peer of each is the HTTP surface with nothing taken away, on the same database. */
async function parts(place: Place, report: Report): Promise<void> {
  const whole = await rates('nothing', place);
  for (const part of PARTS) {
    await using _kept = await withoutRows(place.database.config, ROWS_OF[part]);
    const less = await rates(part, place);
    for (const operation of OPERATIONS) {
      const peer = { against: 'with it', samples: whole[operation] };
      const name = `${operation}, ${PART_CONNECTIONS} at a time, without ${part}`;
      report(figureOf({ name, samples: less[operation], unit: '1/s', peer }));
    }
  }
}

/** Of the HTTP surface without a part, requests a second. */
async function rates(part: string, { dir, uid, database }: Place): Promise<Record<OperationName, number[]>> {
  const program = [join(import.meta.dirname, 'api/partial-server.ts'), part, join(dir, part)];
  const env = { CAPSTAN_DATABASE_URL: database.url };
  await using server = await Capstan.start({ program, home: dir, env });
  const found: Record<OperationName, number[]> = { 'job.get': [], 'job.list': [], 'job.submit': [] };
  for (const operation of OPERATIONS) {
    const { measured } = await overHttp(server, { operation, connections: PART_CONNECTIONS, uid });
    found[operation] = measured.map(({ perSecond }) => perSecond);
  }
  return found;
}
