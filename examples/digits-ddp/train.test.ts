/** The example as it is run: real processes, the gang contract, kills. */

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Member, scratchDirectory, startGang } from '../testing/gang.ts';

const TRAIN = [process.execPath, join(import.meta.dirname, 'train.mjs')];
const PREDICT = [process.execPath, join(import.meta.dirname, 'predict.mjs')];
const SMALL = { HIDDEN: '16', EPOCHS: '12', LOG_EVERY: '20' };
/** No run of a test trains this long: it is ended on the way. */
const ENDLESS = { ...SMALL, EPOCHS: '100000' };

function exitCodes(members: readonly Member[]): Promise<(number | null)[]> {
  return Promise.all(members.map(async (member) => (await member.exit).code));
}

function paths(directory: string) {
  return {
    CAPSTAN_CHECKPOINT_PATH: join(directory, 'ckpt'),
    CAPSTAN_OUTPUT_MODEL: join(directory, 'out/model.json'),
  };
}

async function finish(world: number, env: Record<string, string>): Promise<Member[]> {
  const members = await startGang({ argv: TRAIN, world, env });
  const codes = await exitCodes(members);
  expect(codes, members.map((member) => member.output()).join('')).toEqual(codes.map(() => 0));
  return members;
}

async function digestOf(members: readonly Member[]): Promise<unknown> {
  return (await members[0]?.event('done'))?.weights_sha256;
}

describe('a gang of four', () => {
  test('learns the digits and ends with equal weights', async () => {
    const env = paths(scratchDirectory());
    const [first, ...others] = await finish(4, { ...env, EPOCHS: '15' });
    const done = await first!.event('done');
    expect(done.held_out_accuracy).toBeGreaterThanOrEqual(0.95);
    for (const member of others) {
      expect(member.events().at(-1)).toMatchObject({ event: 'agreed', weights_sha256: done.weights_sha256 });
    }
    const [judge] = await startGang({ argv: [...PREDICT, env.CAPSTAN_OUTPUT_MODEL], world: 1 });
    expect(await judge!.event('evaluated')).toMatchObject({ held_out_accuracy: done.held_out_accuracy });
  });

  test('comes together in whatever order its members start', async () => {
    const env = { ...paths(scratchDirectory()), ...SMALL, EPOCHS: '1' };
    const members = await startGang({ argv: TRAIN, world: 4, env, ranks: [3, 1, 2, 0] });
    expect(await exitCodes(members)).toEqual([0, 0, 0, 0]);
  });

  test.each([0, 2])('ends soon when rank %i is killed, and names it', async (rank) => {
    const members = await startGang({ argv: TRAIN, world: 4, env: ENDLESS });
    await members[0]!.event('step');
    members[rank]!.kill('SIGKILL');
    const killedAt = performance.now();
    const survivors = members.filter((member) => member.rank !== rank);
    expect(await exitCodes(survivors)).toEqual([1, 1, 1]);
    expect(performance.now() - killedAt).toBeLessThan(4_000);
    for (const member of survivors) {
      expect(member.events().at(-1)).toMatchObject({ event: 'error', lost_rank: rank });
    }
  });
});

describe('a run that was interrupted', () => {
  test('by SIGTERM to one member stops as a whole, resumes, and ends with the bits of a run that was not', async () => {
    const env = { ...SMALL, EPOCHS: '40' };
    const want = await digestOf(await finish(3, { ...env, ...paths(scratchDirectory()) }));

    const own = { ...env, ...paths(scratchDirectory()) };
    const stopped = await startGang({ argv: TRAIN, world: 3, env: own });
    await stopped[0]!.event('step');
    stopped[1]!.kill('SIGTERM');
    expect(await exitCodes(stopped)).toEqual([143, 143, 143]);
    const { step } = await stopped[0]!.event('stopped');

    const resumed = await finish(3, own);
    expect(await resumed[0]!.event('resumed')).toMatchObject({ step });
    expect(await digestOf(resumed)).toBe(want);
  });

  test('by the loss of a member goes on from the last whole step', async () => {
    const env = { ...SMALL, ...paths(scratchDirectory()), FAIL_AT_STEP: '33', FAIL_RANK: '1' };
    const failed = await startGang({ argv: TRAIN, world: 2, env });
    expect(await exitCodes(failed)).toEqual([1, 3]);
    const again = await finish(2, env);
    expect(await again[0]!.event('resumed')).toMatchObject({ step: 33 });
  });

  test('and whose checkpoint was damaged says so and begins afresh', async () => {
    const env = { ...SMALL, EPOCHS: '1', ...paths(scratchDirectory()) };
    const want = await digestOf(await finish(1, env));
    const file = join(env.CAPSTAN_CHECKPOINT_PATH, 'digits-ddp.ckpt');
    const bytes = readFileSync(file);
    bytes[200] = (bytes[200] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
    const again = await finish(1, env);
    expect(again[0]!.events()[1]).toMatchObject({
      event: 'warning',
      message: 'the checkpoint is ignored: its checksum does not match',
    });
    expect(await digestOf(again)).toBe(want);
  });
});

describe('a member that can not begin', () => {
  test('because of its environment exits 2 and says what is wrong', async () => {
    const [member] = await startGang({ argv: TRAIN, world: 1, env: { EPOCHS: 'many' } });
    expect(await exitCodes([member!])).toEqual([2]);
    expect(member!.output()).toContain('EPOCHS must be a whole number of at least 1');
  });

  test('because its port is taken exits 1 and says which', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const [member] = await startGang({ argv: TRAIN, world: 2, ranks: [0], port });
    expect(await exitCodes([member!])).toEqual([1]);
    expect(member!.output()).toContain(`can't listen on port ${port}: EADDRINUSE`);
  });
});
