/** Schedules of the real product: by the command line, at a due time, and with servers that are killed in between. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { JobView } from '../../src/contract/job.ts';
import type { ScheduleView } from '../../src/contract/schedule.ts';
import { Product, until } from './product.ts';
import { type Replica, Replicas } from './replicas.ts';

const MINUTE = 60_000;

describe('two servers on one database', { timeout: 180_000 }, () => {
  let replicas: Replicas;
  afterEach(() => replicas[Symbol.asyncDispose]());

  const job = { command: ['true'], resources: { cpu: '10m' } };

  function put(at: Replica, name: string, spec: object = {}): Promise<Response> {
    const body = { spec: { cron: '* * * * *', missed: 'runAll', job, ...spec } };
    return at.request(`/schedules/default/${name}`, { method: 'PUT', body: JSON.stringify(body) });
  }

  async function shown(at: Replica, name: string): Promise<ScheduleView> {
    return (await (await at.request(`/schedules/default/${name}`)).json()) as ScheduleView;
  }

  /** Its due times were not looked at for some minutes; the epoch milliseconds of the first. */
  async function setBack(name: string, minutes: number): Promise<number> {
    const nextAt = (Math.floor(Date.now() / MINUTE) - minutes) * MINUTE;
    await replicas.sql(`UPDATE schedule SET next_at = ${nextAt} WHERE name = '${name}'`);
    return nextAt;
  }

  const look = () => replicas.sql(`SELECT pg_notify('capstan_cron', '')`);

  async function jobsOf(at: Replica, name: string): Promise<readonly string[]> {
    const query = `selector=capstan.dev/schedule=${name}&limit=1000`;
    const { items } = (await (await at.request(`/jobs?${query}`)).json()) as { items: JobView[] };
    return items.map(({ metadata }) => metadata.name).toSorted();
  }

  /** What must have been submitted by then, each once. */
  function wanted({ metadata, status }: ScheduleView, from: number): readonly string[] {
    const times = (Date.parse(status.nextRun ?? '') - from) / MINUTE;
    return Array.from({ length: times }, (_, index) => `${metadata.name}-${from / MINUTE + index}`);
  }

  /** Again when a minute has passed between the two looks. */
  async function eachOnce(at: Replica, name: string, from: number): Promise<void> {
    let [there, schedule]: [readonly string[], ScheduleView | undefined] = [[], undefined];
    await until(`${name} has what it must`, async () => {
      [there, schedule] = [await jobsOf(at, name), await shown(at, name)];
      return there.length === wanted(schedule, from).length;
    });
    expect(there).toEqual(wanted(schedule!, from));
    const failed = schedule!.status.runs.filter(({ outcome }) => outcome === 'failed');
    expect([name, failed]).toEqual([name, []]);
  }

  const dealtWith = (at: Replica, name: string) =>
    until(
      `${name} is dealt with`,
      async () => Date.parse((await shown(at, name)).status.nextRun ?? '') > Date.now(),
    );

  test('a server that is killed within a due time leaves it to the other, once', async () => {
    replicas = await Replicas.make();
    const first = await replicas.start('first');
    await replicas.heldBy(first);
    const second = await replicas.start('second', 'local');
    await put(second, 'slow');
    // The job is inserted, nothing is committed: there it stands when its server dies.
    await replicas.sql(`
      CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('application_name') = 'first' THEN PERFORM pg_sleep(3); END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER stand AFTER INSERT ON job FOR EACH ROW WHEN (NEW.name LIKE 'slow-%') EXECUTE FUNCTION stand();`);
    const from = await setBack('slow', 3);
    await look();
    await until('the first stands in it', async () => {
      const sleeping = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name = 'first'`;
      return (await replicas.sql(sleeping)).length > 0;
    });
    await first.end('SIGKILL');
    await dealtWith(second, 'slow');
    await eachOnce(second, 'slow', from);
  });

  test('servers that are killed at any moment lose no due time and double none', async () => {
    replicas = await Replicas.make();
    const servers = [await replicas.start('first'), await replicas.start('second', 'local')];
    const froms = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      const [victim, other] = round % 2 === 0 ? servers : servers.toReversed();
      const names = Array.from({ length: 6 }, (_, index) => `r${round}-${index}`);
      for (const name of names) {
        expect((await put(other!, name)).status).toBe(200);
        froms.set(name, await setBack(name, 5));
      }
      await look();
      // So that it dies at another moment each time.
      await delay(20 + round * 40);
      await victim!.end('SIGKILL');
      for (const name of names) await dealtWith(other!, name);
      const again = victim!.name === 'second' ? replicas.start('second', 'local') : replicas.start('first');
      servers[victim!.name === 'second' ? 1 : 0] = await again;
    }
    for (const [name, from] of froms) await eachOnce(servers[0]!, name, from);
  });
});

describe('on the command line', { timeout: 120_000 }, () => {
  let product: Product;
  afterEach(() => product.end());

  const FILE = `apiVersion: capstan.dev/v1alpha1
kind: Schedule
metadata: {name: nightly, labels: {team: ocr}}
spec:
  cron: 30 2 * * *
  timeZone: Europe/Berlin
  overlap: forbid
  job: {command: [echo, hello], resources: {cpu: 10m}}
`;

  async function cli(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await product.cli(args, { input: FILE });
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  }

  test('it is applied, triggered, shown, suspended, resumed and deleted', async () => {
    product = await Product.start();
    expect(await cli('apply', '-f', '-')).toBe('schedule/nightly created\n');
    expect(await cli('apply', '-f', '-')).toBe('schedule/nightly unchanged\n');
    const reference = (await cli('schedule', 'trigger', 'nightly', '-o', 'name')).trim();
    const name = reference.replace('job/', '');
    const done = await product.reaches(name, ['succeeded']);
    expect(done.metadata.labels).toEqual({ team: 'ocr', 'capstan.dev/schedule': 'nightly' });
    expect(await product.logs(name)).toBe('hello\n');
    expect(await cli('get', 'jobs', '-l', 'capstan.dev/schedule=nightly', '-o', 'name')).toBe(
      `${reference}\n`,
    );
    expect(await cli('get', 'schedules')).toMatch(/nightly +30 2 \* \* \* +Europe\/Berlin +active +in \d+/);
    expect(await cli('describe', 'schedule', 'nightly')).toMatch(/submitted +Triggered +job nightly-t/);
    await cli('schedule', 'suspend', 'nightly');
    expect(await cli('get', 'schedule', 'nightly')).toContain('suspended');
    await cli('schedule', 'resume', 'nightly');
    const file = await cli('get', 'schedule', 'nightly', '-o', 'yaml');
    expect((await product.cli(['apply', '-f', '-'], { input: file })).stdout).toBe(
      'schedule/nightly unchanged\n',
    );
    expect(await cli('delete', 'schedule/nightly')).toBe('schedule/nightly deleted\n');
    expect((await product.cli(['get', 'schedule', 'nightly'])).stderr).toContain('has no schedule nightly');
    expect((await product.job(name)).status.state).toBe('succeeded');
  });
});
