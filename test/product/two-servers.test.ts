/** Two servers on one database: one schedules, both serve, and either may go. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventView } from '../../src/contract/stream.ts';
import { until } from './product.ts';
import { type Replica, Replicas } from './replicas.ts';

/** A lease moves this soon after its holder was killed, milliseconds. */
const LEASE_MOVES_WITHIN = 5000;

let replicas: Replicas;
beforeEach(async () => {
  replicas = await Replicas.make();
});
afterEach(() => replicas[Symbol.asyncDispose]());

/** The first holds the lease; the second has the agent. */
async function twoServers(): Promise<readonly [Replica, Replica]> {
  const first = await replicas.start('first');
  await replicas.heldBy(first);
  const second = await replicas.start('second', 'local');
  return [first, second];
}

function submission(name: string, command: readonly string[] = ['true']): RequestInit {
  const body = { name, spec: { command, resources: { cpu: '20m' } } };
  return { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': name } };
}

async function stateOf(at: Replica, name: string): Promise<string> {
  return (await at.client.call('job.get', { project: 'default', job: name })).status.state;
}

async function reaches(at: Replica, name: string, state: string): Promise<void> {
  await until(`${name} is ${state}`, async () => (await stateOf(at, name)) === state);
}

/** Asks one server after the other, with the same key, until one says yes. */
async function submitSomewhere(servers: () => readonly Replica[], name: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (let at = 0; performance.now() < deadline; at += 1) {
    const server = servers()[at % servers().length];
    const answer = await server?.request('/jobs', submission(name)).catch(() => undefined);
    if (answer?.ok) return;
    if (answer && answer.status !== 503) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    await delay(20);
  }
  throw new Error(`no server took ${name} within ten seconds`);
}

/** Follows from the start, and goes to the next server whenever the one that it follows breaks off. */
async function followSomewhere(servers: () => readonly Replica[], into: EventView[], signal: AbortSignal) {
  for (let at = 0; !signal.aborted; at += 1) {
    const server = servers()[at % servers().length];
    const over = new AbortController();
    const either = AbortSignal.any([over.signal, signal]);
    const after = into.at(-1)?.id ?? 'start';
    try {
      const how = { signal: either, onBreak: () => over.abort() };
      for await (const event of server?.client.stream('event.follow', { after }, how) ?? []) into.push(event);
    } catch {
      // It is away: the next one is asked.
    }
    await delay(50);
  }
}

async function allEvents(at: Replica): Promise<EventView[]> {
  const newest = (await at.client.call('event.list', { limit: 1 })).items[0]?.id;
  const events: EventView[] = [];
  const over = new AbortController();
  for await (const event of at.client.stream('event.follow', { after: 'start' }, { signal: over.signal })) {
    events.push(event);
    if (event.id === newest) over.abort();
  }
  return events;
}

describe('two servers on one database', { timeout: 120_000 }, () => {
  test('the lease moves within five seconds of the death of its holder, and jobs start again', async () => {
    const [first, second] = await twoServers();
    const before = await replicas.lease();
    await first.end('SIGKILL');
    const killed = performance.now();
    expect((await second.request('/jobs', submission('after'))).status).toBe(201);
    const after = await replicas.heldBy(second);
    const moved = performance.now() - killed;
    expect(moved).toBeLessThan(LEASE_MOVES_WITHIN);
    expect(after.epoch).toBeGreaterThan(before?.epoch ?? 0);
    await reaches(second, 'after', 'succeeded');
  });

  test('a deposed scheduler that wakes up writes nothing under its old epoch', async () => {
    const [first, second] = await twoServers();
    await replicas.sql(`
      CREATE TABLE admission_seen (server text, holder text);
      CREATE FUNCTION see_admission() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO admission_seen SELECT current_setting('application_name'), holder FROM lease;
        RETURN NEW; END $$;
      CREATE TRIGGER see_admission AFTER UPDATE ON job FOR EACH ROW
        WHEN (OLD.state_name = 'pending' AND NEW.state_name = 'admitted') EXECUTE FUNCTION see_admission();`);
    const over = new AbortController();
    const names: string[] = [];
    const submitting = (async () => {
      while (!over.signal.aborted) {
        const name = `flow-${names.length}`;
        await submitSomewhere(() => [second], name);
        names.push(name);
        await delay(50);
      }
    })();
    await until(
      'the first admits',
      async () => (await replicas.sql('SELECT FROM admission_seen')).length > 3,
    );
    first.signal('SIGSTOP');
    await replicas.heldBy(second);
    const stood = names.length;
    await until('the second admits', () => names.length > stood + 10);
    first.signal('SIGCONT');
    const woke = names.length;
    await until('both have run on for a while', () => names.length > woke + 20);
    over.abort();
    await submitting;
    for (const name of names) await reaches(first, name, 'succeeded');
    const seen = await replicas.sql<{ server: string; holder: string }>('SELECT * FROM admission_seen');
    const pids = new Map([first, second].map(({ name, pid }) => [name, pid]));
    const strange = seen.filter(({ server, holder }) => !holder.includes(`/${pids.get(server)}/`));
    expect(strange).toEqual([]);
    expect(new Set(seen.map(({ server }) => server))).toEqual(new Set(['first', 'second']));
  });

  test('a follower goes on at the other server without a gap or a double', async () => {
    const [first, second] = await twoServers();
    const followed: EventView[] = [];
    const over = new AbortController();
    const following = followSomewhere(() => [first, second], followed, over.signal);
    for (let at = 0; at < 15; at += 1) await submitSomewhere(() => [second], `early-${at}`);
    await until('it follows', () => followed.length > 20);
    const killing = first.end('SIGKILL');
    for (let at = 0; at < 15; at += 1) await submitSomewhere(() => [second], `late-${at}`);
    await killing;
    for (let at = 0; at < 15; at += 1) await reaches(second, `late-${at}`, 'succeeded');
    const all = await allEvents(second);
    await until('it has seen all', () => followed.length >= all.length);
    over.abort();
    await following;
    expect(followed.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test('a rolling restart takes every submission, and each job ends once', async () => {
    let [first, second] = await twoServers();
    const followed: EventView[] = [];
    const over = new AbortController();
    const following = followSomewhere(() => [first, second], followed, over.signal);
    const names: string[] = [];
    const hammering = (async () => {
      while (!over.signal.aborted) {
        const name = `roll-${names.length}`;
        await submitSomewhere(() => (names.length % 2 === 0 ? [first, second] : [second, first]), name);
        names.push(name);
        await delay(60);
      }
    })();
    await until('it takes submissions', () => names.length > 10);
    await first.end('SIGTERM');
    first = await replicas.start('first');
    await until('it goes on', () => names.length > 25);
    await second.end('SIGTERM');
    second = await replicas.start('second', 'local');
    const back = names.length;
    await until('it goes on again', () => names.length > back + 12);
    over.abort();
    await Promise.all([hammering, following]);
    for (const name of names) await reaches(first, name, 'succeeded');
    const ends = (await allEvents(second)).filter(({ state }) => state === 'succeeded').map(({ job }) => job);
    expect(ends.toSorted()).toEqual(names.toSorted());
  });

  test('a log that only a lost agent has is 503 at both; once collected, either server reads it', async () => {
    const [first, second] = await twoServers();
    const waiting = ['sh', '-c', 'echo said; sleep 3; echo done'];
    expect((await second.request('/jobs', submission('talks', waiting))).status).toBe(201);
    await reaches(second, 'talks', 'running');
    const elsewhere = await first.request('/jobs/default/talks/logs');
    expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
      503,
      { error: { code: 'agent.unavailable' } },
    ]);
    await second.end('SIGKILL');
    const lost = await first.request('/jobs/default/talks/logs');
    expect([lost.status, await lost.json()]).toMatchObject([503, { error: { code: 'agent.unavailable' } }]);
    const again = await replicas.start('second', 'local');
    await reaches(again, 'talks', 'succeeded');
    await until('its log is read at the first server', async () => {
      const answer = await first.request('/jobs/default/talks/logs');
      return answer.ok && (await answer.text()).includes('done');
    });
  });
});
