/** Holds what was played to what the case expects. */
import { expect } from 'vitest';
import { CapstanError, type Client } from '../../src/index.ts';
import { type Case, type Expected, ms } from './list.ts';
import type { Placed, Played } from './play.ts';

const OF_TASK: ReadonlySet<string> = new Set<keyof Expected>([
  'state',
  'reason',
  'error',
  'attempts',
  'charged',
  'result',
  'length',
  'facts',
  'raises',
  'events',
  'logs',
  'stopped',
  'refused',
  'at',
  'repeated',
  'same-as',
  'not-before',
]);

export async function check(one: Case, played: Played, client: Client): Promise<void> {
  for (const [name, want] of Object.entries(one.expect)) {
    if (name === 'batches') checkBatches(want as Readonly<Record<string, number[]>>, played);
    else if (name === 'followed') expectInOrder(played.followed, want as string[]);
    else await checkTasks(name, want as Expected, { played, client });
  }
}

interface Scene {
  readonly played: Played;
  readonly client: Client;
}

function checkBatches(want: Readonly<Record<string, number[]>>, { seen }: Played): void {
  for (const [handler, sizes] of Object.entries(want)) {
    expect(seen.batches.get(handler)?.toSorted((a, b) => b - a)).toEqual(sizes);
  }
}

async function checkTasks(id: string, want: Expected, scene: Scene): Promise<void> {
  const strange = Object.keys(want).filter((word) => !OF_TASK.has(word));
  if (strange.length > 0) throw new Error(`nothing is expected by the word ${strange.join(', ')}`);
  const found = [...scene.played.placed.values()].filter(({ spec }) => spec.id === id);
  expect(found.length, `tasks of ${id}`).toBeGreaterThan(0);
  for (const placed of found) await checkTask(placed, want, scene);
}

async function checkTask(placed: Placed, want: Expected, scene: Scene): Promise<void> {
  if (want.refused !== undefined) {
    expect(placed.error?.code).toBe(want.refused);
    if (want.at !== undefined) expect(placed.error?.details.map(({ path }) => path)).toContain(want.at);
    return;
  }
  expect(placed.error).toBeUndefined();
  if (want.repeated !== undefined) expect(placed.repeated).toBe(want.repeated);
  const same = want['same-as'];
  if (same !== undefined) expect(placed.uid).toBe(scene.played.placed.get(same)?.uid);
  if (want.stopped !== undefined) expect(scene.played.seen.stopped.has(placed.uid!)).toBe(want.stopped);
  checkOutcome(placed, want, scene.played);
  await checkResult(placed, want, scene.client);
  await checkRecord(placed, want, scene.client);
}

function checkOutcome({ uid }: Placed, { state, reason, error }: Expected, { outcomes }: Played): void {
  const outcome = outcomes.get(uid!);
  if (state !== undefined) expect(outcome?.state, outcome?.message).toBe(state);
  if (reason !== undefined) expect(outcome?.reason).toBe(reason);
  if (error !== undefined) expect(outcome?.error).toMatchObject(error);
}

async function checkResult(placed: Placed, want: Expected, client: Client): Promise<void> {
  const { uid, index } = placed;
  if ('result' in want) {
    const wanted = { index, 'twice-index': (index ?? 0) * 2 }[want.result as string] ?? want.result;
    expect('result' in placed ? placed.result : await client.result(uid!)).toEqual(wanted);
  }
  if (want.length !== undefined) {
    expect((await client.result<{ text: string }>(uid!)).text.length).toBe(want.length);
  }
  if (want.facts !== undefined) {
    const { trace, ...facts } = want.facts;
    const got = await client.result<{ traceparent?: string }>(uid!);
    expect(got).toMatchObject(facts);
    if (trace !== undefined) expect(got.traceparent?.split('-')[1]).toBe(trace);
  }
  if (want.raises !== undefined) {
    const error = await client.result(uid!).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CapstanError);
    expect((error as CapstanError).code).toBe(`client.${want.raises}`);
  }
}

async function checkRecord({ uid, submittedAt }: Placed, want: Expected, client: Client): Promise<void> {
  const { status } = await client.get(uid!);
  if (want.attempts !== undefined) expect(status.attempt).toBe(want.attempts);
  if (want.charged !== undefined) expect(status.charges.failed).toBe(want.charged);
  const notBefore = want['not-before'];
  if (notBefore !== undefined) {
    const started = Date.parse(status.attempts[0]?.startedAt ?? '');
    expect(started - submittedAt).toBeGreaterThanOrEqual(ms(notBefore));
  }
  if (want.logs !== undefined) {
    const lines: string[] = [];
    for await (const { text } of client.logs(uid!)) lines.push(text);
    expect(lines).toEqual(want.logs);
  }
  if (want.events !== undefined) {
    const reasons: string[] = [];
    for await (const { reason } of client.events(uid!)) reasons.push(reason);
    expectInOrder(reasons, want.events);
  }
}

/** Others may stand between. */
function expectInOrder(got: readonly string[], want: readonly string[]): void {
  let from = 0;
  const found = want.filter((reason) => {
    const at = got.indexOf(reason, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
  expect(found, `within ${got.join(', ')}`).toEqual(want);
}
