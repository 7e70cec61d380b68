/** The audit against a real database: invariant 10, and row S08 of the security requirements. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { dropOld } from '../../src/controllers/seal.ts';
import { grantOf } from '../../src/core/access/grants.ts';
import type { Principal } from '../../src/core/access/principal.ts';
import { ADA, AuditedStore, aJobOf, type Replica } from './audited-store.ts';

type Verdict = {
  ok: boolean;
  findings: { kind: string; record?: number; height?: number }[];
  chains: number;
};

const verify = async (on: Replica) => (await on.do('audit.verify', {})) as unknown as Verdict;
const kindsOf = ({ findings }: Verdict) => [...new Set(findings.map(({ kind }) => kind))];

/** Some blocks of some records each. */
async function withHistory(on: Replica): Promise<void> {
  for (const block of [1, 2, 3]) {
    for (const name of ['x', 'y', 'z']) await on.do('project.put', { name: `${name}${block}` });
    await on.sealer.round();
  }
  await on.sealer.signHead();
}

/** Operations that a person did, whatever the server did beside them. */
async function recordedBy(store: AuditedStore, principal: string): Promise<Record<string, number>> {
  const rows = await store.sql.run(
    `SELECT operation, sum(count)::integer AS count FROM audit_record WHERE principal = $1 AND effect = 'change' GROUP BY operation`,
    [principal],
  );
  return Object.fromEntries(rows.map(({ operation, count }) => [operation, count]));
}

const OLD = `chain = 'old'`;

describe('S08: verification of the database finds', () => {
  test.each([
    {
      what: 'an altered record',
      sql: `UPDATE audit_record SET principal = 'key/eve' WHERE ${OLD} AND height = 2 AND place = 1`,
      want: ['altered-record'],
    },
    {
      what: 'a deleted record',
      sql: `DELETE FROM audit_record WHERE ${OLD} AND height = 2 AND place = 1`,
      want: ['deleted-record'],
    },
    {
      what: 'an inserted record',
      sql: `INSERT INTO audit_record (at, chain, principal, kind, operation, effect, outcome, count, items, digest, height, place)
            SELECT at, chain, 'key/eve', kind, operation, effect, outcome, count, items, digest, height, place
              FROM audit_record WHERE ${OLD} AND height = 2 AND place = 1`,
      want: ['inserted-record'],
    },
    {
      what: 'two reordered records',
      sql: `UPDATE audit_record SET place = 1 - place WHERE ${OLD} AND height = 2 AND place < 2`,
      want: ['reordered-record'],
    },
    {
      what: 'a cut tail',
      sql: `DELETE FROM audit_record WHERE ${OLD} AND height = 3; DELETE FROM audit_block WHERE ${OLD} AND height = 3`,
      want: ['cut-tail'],
    },
    {
      what: 'a cut tail of a chain that goes on',
      sql: `DELETE FROM audit_record WHERE chain = 'here'; DELETE FROM audit_block WHERE chain = 'here'`,
      want: ['missing-block'],
    },
    {
      what: 'a cut tail whose chain was set back and has grown again',
      sql: `DELETE FROM audit_record WHERE chain = 'here'; DELETE FROM audit_block WHERE chain = 'here';
            DELETE FROM audit_chain WHERE chain = 'here'`,
      want: ['forked-chain'],
    },
    {
      what: 'a cut tail with every head over it',
      sql: `DELETE FROM audit_record WHERE ${OLD} AND height >= 2; DELETE FROM audit_block WHERE ${OLD} AND height >= 2;
            DELETE FROM audit_head;
            UPDATE audit_chain SET height = 1, hash = (SELECT hash FROM audit_block WHERE ${OLD}) WHERE ${OLD}`,
      want: expect.arrayContaining(['altered-head', 'cut-tail']),
    },
    {
      what: 'a missing chain',
      sql: `DELETE FROM audit_record WHERE ${OLD}; DELETE FROM audit_block WHERE ${OLD}; DELETE FROM audit_chain WHERE ${OLD}`,
      want: ['missing-chain'],
    },
    {
      what: 'a forged head',
      sql: `UPDATE audit_head SET body = replace(body, '"epoch":"', '"epoch":"0') WHERE number = 1`,
      want: expect.arrayContaining(['bad-signature']),
    },
    {
      what: 'that everything is gone',
      sql: 'TRUNCATE audit_record, audit_block, audit_chain, audit_head, audit_retention',
      want: expect.arrayContaining(['altered-head', 'missing-chain']),
    },
  ])('$what', async ({ sql, want }) => {
    await using store = await AuditedStore.open();
    const old = await store.replica('old');
    await withHistory(old);
    await old.store.close();
    const here = await store.replica('here');
    await here.do('project.put', { name: 'first' });
    expect(await verify(here)).toMatchObject({ ok: true, findings: [], chains: 2 });
    await store.sql.run(sql);
    const verdict = await verify(here);
    expect(verdict.ok).toBe(false);
    expect(kindsOf(verdict)).toEqual(want);
  });
});

describe('S08: N operations leave N entries', () => {
  test('many submissions at once share few records, and all are in them', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const names = Array.from({ length: 300 }, (_, index) => `job-${index}`);
    await Promise.all(names.map((name) => here.do('job.submit', aJobOf(name))));
    expect(await recordedBy(store, ADA.id)).toEqual({ 'job.submit': 300 });
    const rows = await store.sql.run(`SELECT items FROM audit_record WHERE operation = 'job.submit'`);
    expect(rows.length).toBeLessThan(150);
    const told = rows.flatMap(({ items }) => items.map((item: string) => JSON.parse(item).name)).sort();
    expect(told).toEqual(names.sort());
  });

  test('principals never share a record, even in one commit', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const people = ['key/ada', 'key/bob', 'user/eve'].map((id): Principal => ({ ...ADA, id }));
    const all = people.flatMap((by, person) =>
      Array.from({ length: 20 }, (_, n) => here.do('job.submit', aJobOf(`j${person}-${n}`), by)),
    );
    await Promise.all(all);
    for (const { id } of people) expect(await recordedBy(store, id)).toEqual({ 'job.submit': 20 });
  });

  test('what changed nothing leaves none', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const once = { ...aJobOf('once'), idempotencyKey: 'k1' };
    await here.do('job.submit', once);
    await here.do('job.submit', once);
    await here.do('job.submit', { ...aJobOf('dry'), dryRun: true });
    await here.do('project.delete', { name: 'never-there' }).catch(() => undefined);
    await here.do('project.delete', { name: 'default' }).catch(() => undefined);
    expect(await recordedBy(store, ADA.id)).toEqual({ 'job.submit': 1 });
  });

  property.prop(
    [
      fc.array(
        fc.tuple(
          fc.constantFrom(
            'project.put',
            'queue.put',
            'job.submit',
            'job.cancel',
            'job.suspend',
            'job.resume',
            'project.delete',
            'grant.put',
          ),
          fc.integer({ min: 0, max: 3 }),
        ),
        { minLength: 1, maxLength: 25 },
      ),
    ],
    { numRuns: 8 },
  )(
    'random operations: each that changed something is recorded once, and the chain verifies',
    async (moves) => {
      await using store = await AuditedStore.open();
      const here = await store.replica();
      const want: Record<string, number> = {};
      for (const [operation, pick] of moves) {
        const done = await perform(here, operation, pick);
        if (done) want[operation] = (want[operation] ?? 0) + 1;
      }
      expect(await recordedBy(store, ADA.id)).toEqual(want);
      expect(await verify(here)).toMatchObject({ ok: true, findings: [] });
    },
    60_000,
  );
});

/** Whether it says that it changed something. */
async function perform(on: Replica, operation: string, pick: number): Promise<boolean> {
  const name = `n${pick}`;
  const before = await versionOf(on, name);
  const input: Record<string, object> = {
    'project.put': { name },
    'project.delete': { name },
    'queue.put': { name },
    'grant.put': { project: 'default', queue: 'default', maxPriority: pick },
    'job.submit': aJobOf(name),
    'job.cancel': { project: 'default', job: name },
    'job.suspend': { project: 'default', job: name },
    'job.resume': { project: 'default', job: name },
  };
  const answer = await on.do(operation as 'job.submit', input[operation]!).catch(() => undefined);
  if (!answer) return false;
  return operation.startsWith('job.') ? (await versionOf(on, name)) !== before : true;
}

async function versionOf(on: Replica, name: string): Promise<string | undefined> {
  const job = await on.store.jobs.get('default', name);
  return job && `${job.uid}/${job.version}`;
}

describe('the sealer', () => {
  test('that is killed between commit and seal loses nothing: another one seals its chain', async () => {
    await using store = await AuditedStore.open();
    const dead = await store.replica('dead');
    await dead.do('project.put', { name: 'late' });
    await dead.store.close();
    const alive = await store.replica('alive');
    await alive.sealer.round();
    const rows = await store.sql.run(`SELECT height FROM audit_record WHERE chain = 'dead'`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ height }) => height !== null)).toBe(true);
    expect(await verify(alive)).toMatchObject({ ok: true, chains: 2 });
  });

  test('never forks a chain that two of them seal at once, while two servers write', async () => {
    await using store = await AuditedStore.open();
    const servers = [await store.replica('one'), await store.replica('two')] as const;
    const writing = servers.flatMap((on, server) =>
      Array.from({ length: 40 }, async (_, n) => {
        await on.do('project.put', { name: `p${server}-${n}` });
        await on.sealer.round();
      }),
    );
    await Promise.all(writing);
    expect(await recordedBy(store, ADA.id)).toEqual({ 'project.put': 80 });
    expect(await verify(servers[0])).toMatchObject({ ok: true, findings: [], chains: 2 });
    expect(await verify(servers[1])).toMatchObject({ ok: true, findings: [], chains: 2 });
  });

  test('says so when a head that it signed is gone', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    await withHistory(here);
    await store.sql.run('DELETE FROM audit_head');
    await here.do('project.put', { name: 'after' });
    await here.store.auditLog.seal(Date.now());
    await expect(here.sealer.signHead()).rejects.toThrow('is gone from the database');
  });
});

describe('retention', () => {
  test('drops what is old, and what is left still verifies by the signed proof', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    await withHistory(here);
    await store.sql.run('UPDATE audit_head SET at = 0');
    await dropOld(here.ports, Date.now() + 1);
    const [left] = await store.sql.run('SELECT count(*)::integer AS blocks FROM audit_block');
    expect(left?.blocks).toBe(1);
    expect(await verify(here)).toMatchObject({ ok: true, findings: [] });
    await here.do('project.put', { name: 'later' });
    expect(await verify(here)).toMatchObject({ ok: true, findings: [] });
  });

  test('without its proof is a deletion', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    await withHistory(here);
    await dropOld(here.ports, Date.now() + 1);
    await store.sql.run('DELETE FROM audit_retention');
    expect((await verify(here)).ok).toBe(false);
  });
});

describe('records', () => {
  test('hold no value of an input', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const canary = 'canary-5f1c9a';
    await here.do('job.submit', aJobOf('secretive', { TOKEN: canary }));
    await here.do('project.put', { name: 'quiet', description: canary });
    await here.sealer.finish();
    const [found] = await store.sql.run(
      `SELECT count(*)::integer AS count FROM (
         SELECT to_jsonb(r)::text AS text FROM audit_record r UNION ALL SELECT to_jsonb(b)::text FROM audit_block b
         UNION ALL SELECT body FROM audit_head) AS everything WHERE text LIKE '%' || $1 || '%'`,
      [canary],
    );
    expect(found?.count).toBe(0);
  });

  test('of refusals are one for each principal and window, with their count', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const viewer: Principal = { id: 'key/eve', kind: 'key', grants: [grantOf('viewer')] };
    const tries = Array.from({ length: 500 }, () =>
      here.do('project.put', { name: 'p' }, viewer).catch((error: unknown) => error),
    );
    await Promise.all(tries);
    await here.sealer.finish();
    const rows = await store.sql.run(
      `SELECT principal, effect, count, items FROM audit_record WHERE principal = 'key/eve'`,
    );
    expect(rows).toMatchObject([{ principal: 'key/eve', effect: 'refusal', count: 500 }]);
    expect(JSON.parse(rows[0]?.items[0])).toMatchObject({
      operation: 'project.put',
      outcome: 'auth.forbidden',
      times: 500,
    });
  });

  test('of reads of the audit itself are there', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    const first = await here.do('audit.list', { principal: ADA.id });
    expect(first.items).toMatchObject([
      { operation: 'audit.list', effect: 'read', items: [{ address: '192.0.2.7', request: 'r1' }] },
    ]);
  });

  test('are listed by principal, operation, project and time, a page at a time', async () => {
    await using store = await AuditedStore.open();
    const here = await store.replica();
    for (const name of ['a', 'b', 'c']) await here.do('job.submit', aJobOf(name));
    const page = await here.do('audit.list', { operation: 'job.submit', project: 'default', limit: 2 });
    const rest = await here.do('audit.list', {
      operation: 'job.submit',
      project: 'default',
      limit: 2,
      cursor: page.next,
    });
    const names = [page, rest].flatMap(({ items }) =>
      (items as { items: { name: string }[] }[]).map(({ items: [item] }) => item?.name),
    );
    expect(names).toEqual(['c', 'b', 'a']);
    expect(await here.do('audit.list', { until: '2020-01-01T00:00:00Z' })).toMatchObject({ items: [] });
  });
});
