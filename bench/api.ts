/**
 * Reads and single submissions over HTTP, with all that a server does switched on: authentication by
 * key, events, the controllers. Beside it a client on the database itself, and what each part costs.
 * Server, database and load share this machine.
 */
import { join } from 'node:path';
import { BareDatabase } from './api/bare-database.ts';
import { type Act, ApiLoad, type Load, loaded } from './api/load.ts';
import { permissionChecks } from './api/permission.ts';
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
/** Of each server with a part taken away. */
const PART_TURNS = 5;
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
  const samples = Array.from({ length: PART_TURNS }, permissionChecks);
  report(figureOf({ name: 'permission checks of a request, in memory', samples, unit: '1/s' }));
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

const WHOLE = 'nothing';
type Part = (typeof PARTS)[number] | typeof WHOLE;
type Rates = Record<OperationName, number[]>;

/**
 * The peer of each is the HTTP surface with nothing taken away, on the same database. All of them are there from the
 * beginning and take turns: a machine that slows down slows all of them.
 */
async function parts(place: Place, report: Report): Promise<void> {
  await using servers = new AsyncDisposableStack();
  const apis = new Map<Part, ApiLoad>();
  for (const part of [WHOLE, ...PARTS] as const) {
    const server = servers.use(await partial(part, place));
    apis.set(part, servers.use(new ApiLoad(server, PART_CONNECTIONS)));
  }
  const rates = await takeTurns(apis, place);
  for (const part of PARTS) {
    for (const operation of OPERATIONS) {
      const peer = { against: 'with it', samples: rates.get(WHOLE)![operation] };
      const name = `${operation}, ${PART_CONNECTIONS} at a time, without ${part}`;
      report(figureOf({ name, samples: rates.get(part)![operation], unit: '1/s', peer }));
    }
  }
}

/** The HTTP surface without a part. */
function partial(part: Part, { dir, database }: Place): Promise<Capstan> {
  const program = [join(import.meta.dirname, 'api/partial-server.ts'), part, join(dir, part)];
  return Capstan.start({ program, home: dir, env: { CAPSTAN_DATABASE_URL: database.url } });
}

/** Requests a second; the first turn warms up and does not count. */
async function takeTurns(
  apis: ReadonlyMap<Part, ApiLoad>,
  { uid, database }: Place,
): Promise<ReadonlyMap<Part, Rates>> {
  const rates = new Map([...apis.keys()].map((part) => [part, noRates()]));
  for (let turn = 0; turn <= PART_TURNS; turn += 1) {
    for (const operation of OPERATIONS) {
      const request = requestsFor(uid)[operation];
      for (const [part, api] of apis) {
        await using _kept = await withoutRows(database.config, part === WHOLE ? undefined : ROWS_OF[part]);
        const { perSecond } = await loaded(
          async () => void (await api.send(request)),
          PART_CONNECTIONS,
          ROUND,
        );
        if (turn > 0) rates.get(part)![operation].push(perSecond);
      }
    }
  }
  return rates;
}

function noRates(): Rates {
  return { 'job.get': [], 'job.list': [], 'job.submit': [] };
}
