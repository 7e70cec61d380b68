/** The drill: a backup under load, a restore into an empty directory, and the product on it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobView } from '../../src/contract/job.ts';
import type { EventView } from '../../src/contract/stream.ts';
import { ended, Product, until } from './product.ts';

let product: Product;
let place: string;
const restored: Product[] = [];
beforeEach(async () => {
  product = await Product.start();
  place = mkdtempSync(join(tmpdir(), 'capstan-drill-'));
});
afterEach(async () => {
  for (const other of restored.splice(0)) await other.end();
  await product.end();
  rmSync(place, { recursive: true, force: true });
});

const PASSPHRASE = { CAPSTAN_BACKUP_PASSPHRASE: 'a passphrase of the drill' };

async function backup(...flags: string[]): Promise<string> {
  const file = join(place, 'drill.capstan');
  const { code, stderr } = await product.cli(['backup', '--to', file, '--data', product.data, ...flags], {
    env: PASSPHRASE,
  });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return file;
}

async function restore(file: string, ...flags: string[]): Promise<Product> {
  const data = join(place, `restored-${restored.length}`);
  const { code, stderr } = await product.cli(['restore', file, '--data', data, ...flags], {
    env: PASSPHRASE,
  });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const other = await Product.on(data);
  restored.push(other);
  return other;
}

/** The rows of a table as the file has them. */
function rowsIn<T>(file: string, table: string): T[] {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const from = lines.findIndex((line) => line.startsWith(`["table",{"name":"${table}"`)) + 1;
  const to = lines.findIndex((line, index) => index >= from && line.startsWith('["end"'));
  return lines.slice(from, to).map((line) => JSON.parse(line));
}

async function allEvents(of: Product): Promise<EventView[]> {
  const events: EventView[] = [];
  for (let cursor = ''; ; ) {
    const page = await of.get<{ items: EventView[]; next?: string }>(
      `/events?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    events.push(...page.items);
    if (page.next === undefined) return events;
    cursor = page.next;
  }
}

const essence = ({ job, state, reason, message, at }: EventView) => ({ job, state, reason, message, at });

describe('the drill', { timeout: 120_000 }, () => {
  test('under load: all that was committed comes back, what ran is set aside, old cursors end', async () => {
    await product.submit('kept', {
      command: ['sh', '-c', 'echo a line of it; echo content > "$CAPSTAN_OUTPUT_MODEL"'],
      outputs: [{ path: '/out/model.txt', name: 'model' }],
    });
    await product.reaches('kept', ['succeeded']);
    await until('its files are collected', () => readdirSync(join(product.data, 'blobs')).includes('jobs'));
    await product.submit('long', { command: ['sleep', '600'], resources: { cpu: '50m' } });
    await product.reaches('long', ['running']);
    const cursor = (await product.events('kept'))[0]?.id ?? '';
    const submitted: string[] = [];
    let over = false;
    const load = (async () => {
      for (let index = 0; !over; index += 1) {
        await product.submit(`load-${index}`, { command: ['true'], resources: { cpu: '10m' } });
        submitted.push(`load-${index}`);
      }
    })();
    await until('the load is on', () => submitted.length > 20);
    const acknowledged = [...submitted];
    const file = await backup();
    over = true;
    await load;
    const other = await restore(file);

    const jobs = new Map((await other.jobs()).map((job) => [job.metadata.name, job]));
    for (const name of acknowledged) expect(jobs.has(name)).toBe(true);
    const saved = [...rowsIn<Row>(file, 'job'), ...rowsIn<Row>(file, 'job_history')];
    expect([...jobs.keys()].toSorted()).toEqual(saved.map(({ name }) => name).toSorted());
    for (const row of rowsIn<Row>(file, 'job_history')) {
      expect(jobs.get(row.name)).toMatchObject({
        metadata: { uid: row.uid },
        status: { state: row.state_name },
      });
    }
    expect(jobs.get('long')?.status).toMatchObject({ state: 'suspended', reason: 'Restored', attempt: 1 });
    expect(jobs.get('kept')).toEqual(await product.job('kept'));
    await sameBeside(product, other);

    const chain = await other.cli(['audit', 'verify']);
    expect(chain).toMatchObject({ code: 0, stdout: expect.stringContaining('verified') });
    const doctor = await other.cli(['doctor', '--data', other.data]);
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining('0 errors, 0 warnings') });

    const told = (await allEvents(other)).map(essence);
    for (const { job, state_name, reason, message, at } of rowsIn<EventRow>(file, 'event')) {
      expect(told).toContainEqual({
        job,
        state: state_name,
        reason,
        message,
        at: new Date(at).toISOString(),
      });
    }
    expect(await other.logs('kept')).toContain('a line of it');
    const output = await other.request('GET', '/jobs/default/kept/outputs/model');
    expect([output.status, await output.text()]).toEqual([200, 'content\n']);

    const old = await other.request('GET', `/events?cursor=${encodeURIComponent(cursor)}`);
    expect([old.status, ((await old.json()) as { error: { code: string } }).error.code]).toEqual([
      410,
      'cursor.expired',
    ]);
    await until('what waited has run', async () =>
      (await other.jobs()).every(({ status }) => status.reason === 'Restored' || ended(status.state)),
    );
    expect((await product.job('long')).status.state).toBe('running');
  });

  test('of an installation that does not run; with its keys, and with what ran running again', async () => {
    await product.submit('long', {
      command: ['sh', '-c', 'echo again; sleep 600'],
      resources: { cpu: '50m' },
    });
    await product.reaches('long', ['running']);
    const key = readFileSync(join(product.data, 'admin.key'), 'utf8');
    await product.kill('SIGTERM');
    const file = await backup('--with-keys');
    expect(gunzipSync(readFileSync(file)).toString()).not.toContain(key.trim());
    const other = await restore(file, '--with-keys', '--old-is-gone');
    expect(readFileSync(join(other.data, 'admin.key'), 'utf8')).toBe(key);
    const { status } = await other.reaches('long', ['running']);
    expect(status.attempt).toBe(2);
    await product.up();
    await product.reaches('long', ['running']);
  });
});

describe('a restore is refused, and leaves nothing behind', () => {
  test('of an altered file, naming what is wrong; into a directory in use; without its passphrase', async () => {
    const file = await backup('--with-keys');
    const altered = join(place, 'altered');
    const text = gunzipSync(readFileSync(file)).toString();
    writeFileSync(altered, gzipSync(text.replace('"max_priority":100', '"max_priority":99')));
    const data = join(place, 'nowhere');
    const cases = [
      { args: ['restore', altered, '--data', data], says: 'table queue_grant is not what its hash says' },
      { args: ['backup', 'verify', altered], says: 'table queue_grant is not what its hash says' },
      { args: ['restore', file, '--data', product.data], says: 'is not empty' },
      { args: ['restore', file, '--data', data, '--with-keys'], says: 'do not open with this passphrase' },
      { args: ['backup', '--to', file, '--data', product.data], says: 'is there already' },
    ];
    for (const { args, says } of cases) {
      const { code, stderr } = await product.cli(args, {
        env: { CAPSTAN_BACKUP_PASSPHRASE: 'not the passphrase' },
      });
      expect({ args, code: code === 0, stderr }).toMatchObject({
        code: false,
        stderr: expect.stringContaining(says),
      });
    }
    expect(readdirSync(place).toSorted()).toEqual(['altered', 'drill.capstan', 'nowhere']);
    expect(readdirSync(data)).toEqual([]);
  });
});

interface Described {
  readonly metadata: object;
  readonly spec: object;
}

interface Row {
  readonly uid: string;
  readonly name: string;
  readonly state_name: JobView['status']['state'];
}

interface EventRow {
  readonly job: string;
  readonly state_name: string;
  readonly reason: string;
  readonly message: string;
  readonly at: number;
}

async function sameBeside(one: Product, other: Product): Promise<void> {
  for (const path of ['/projects', '/queues', '/queuegrants']) {
    const lists = [one, other].map((of) => of.get<{ items: Described[] }>(path));
    const [before, after] = (await Promise.all(lists)).map(({ items }) =>
      items.map(({ metadata, spec }) => ({ metadata, spec })),
    );
    expect(before).not.toEqual([]);
    expect(after).toEqual(before);
  }
}
