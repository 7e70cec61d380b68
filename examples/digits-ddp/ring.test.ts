/** The ring over real sockets on loopback: sums, agreement, and what happens when a member goes away. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../testing/gang.ts';
import { randomOf } from './random.mjs';
import { joinRing } from './ring.mjs';

type Ring = Awaited<ReturnType<typeof joinRing>>;

const NEVER = new AbortController().signal;

async function ringsOf(world: number): Promise<Ring[]> {
  const masterPort = await freePort();
  const place = { world, masterAddr: '127.0.0.1', masterPort, rendezvousMs: 10_000 };
  const ranks = Array.from({ length: world }, (_, rank) => rank);
  const rings: Ring[] = await Promise.all(ranks.map((rank) => joinRing({ ...place, rank }, NEVER)));
  onTestFinished(async () => void (await Promise.all(rings.map((ring) => ring.leave()))));
  return rings;
}

function vectorsFor(world: number, length: number, value: (random: () => number) => number): Float32Array[] {
  return Array.from({ length: world }, (_, rank) => {
    const random = randomOf(world, length, rank);
    return Float32Array.from({ length }, () => value(random));
  });
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const anInteger = (random: () => number) => Math.floor(random() * 2000) - 1000;
const anything = (random: () => number) => (random() - 0.5) * 10 ** Math.floor(random() * 12 - 6);

describe.each([1, 2, 3, 4, 5])('a ring of %i', (world) => {
  test.each([0, 1, 3, 7, 64, 10_007])('gives everybody the sum of vectors of %i elements', async (length) => {
    const rings = await ringsOf(world);
    const vectors = vectorsFor(world, length, anInteger);
    const want = Float32Array.from({ length }, (_, i) => vectors.reduce((sum, v) => sum + (v[i] ?? 0), 0));
    await Promise.all(rings.map((ring, rank) => ring.allReduce(vectors[rank]!)));
    for (const vector of vectors) expect(vector).toEqual(want);
  });

  test('gives everybody the same bits, whatever is rounded', async () => {
    const rings = await ringsOf(world);
    const vectors = vectorsFor(world, 1001, anything);
    for (let repeat = 0; repeat < 10; repeat++) {
      await Promise.all(rings.map((ring, rank) => ring.allReduce(vectors[rank]!)));
    }
    for (const vector of vectors) expect(Buffer.from(vector.buffer)).toEqual(Buffer.from(vectors[0]!.buffer));
  });

  test("hands rank 0's bytes to everybody", async () => {
    const rings = await ringsOf(world);
    const bytes = Buffer.from('the state of a run');
    const got = await Promise.all(rings.map((ring) => ring.broadcast(ring.rank === 0 ? bytes : undefined)));
    expect(got.map((message) => Buffer.from(message).toString())).toEqual(
      Array(world).fill('the state of a run'),
    );
  });

  test('tells everybody what each member said, by rank', async () => {
    const rings = await ringsOf(world);
    const want = rings.map(({ rank }) => `rank ${rank}`);
    expect(await Promise.all(rings.map((ring) => ring.gather(`rank ${ring.rank}`)))).toEqual(
      rings.map(() => want),
    );
  });
});

describe('a member that leaves while the others work', () => {
  test.each([{ world: 2 }, { world: 3 }, { world: 5 }])(
    'is named by each of the others, of $world',
    async ({ world }) => {
      const rings = await ringsOf(world);
      const lost = world - 1;
      const waiting = rings.slice(0, lost).map((ring) => ring.allReduce(new Float32Array(100)));
      const ends = Promise.allSettled(waiting);
      await rings[lost]?.leave();
      for (const end of await ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { name: 'PeerLost', rank: lost } });
      }
    },
  );
});

describe('a rendezvous', () => {
  test('that is not complete in time says who is missing, to all who came', async () => {
    const masterPort = await freePort();
    const place = { world: 3, masterAddr: '127.0.0.1', masterPort, rendezvousMs: 300 };
    const joins = [0, 2].map((rank) => joinRing({ ...place, rank }, NEVER));
    const [first, last] = await Promise.allSettled(joins);
    expect(first).toMatchObject({ reason: { message: 'no gang after 0.3 s: rank 1 of 3 did not come' } });
    expect(last).toMatchObject({ reason: { message: 'lost rank 1: it did not come, as rank 0 says' } });
  });

  test('turns strangers away', async () => {
    const masterPort = await freePort();
    const place = { world: 2, masterAddr: '127.0.0.1', masterPort, rendezvousMs: 10_000 };
    const first = joinRing({ ...place, rank: 0 }, NEVER);
    for (const greeting of ['GET / HTTP/1.1\r\n\r\n', '\u0001\u0002\u0000\u0000\u0000{}', '']) {
      const stranger = await vi.waitFor(() => connected(masterPort));
      await once(stranger.end(greeting).resume(), 'close');
    }
    const rings: Ring[] = await Promise.all([first, joinRing({ ...place, rank: 1 }, NEVER)]);
    await Promise.all(rings.map((ring) => ring.leave()));
  });

  test('without a rank 0 says where it was looked for', async () => {
    const masterPort = await freePort();
    const place = { world: 2, rank: 1, masterAddr: '127.0.0.1', masterPort, rendezvousMs: 250 };
    await expect(joinRing(place, NEVER)).rejects.toThrow(
      `no gang after 0.25 s: rank 0 can't be reached at 127.0.0.1:${masterPort} (ECONNREFUSED)`,
    );
  });

  test('ends at once when it is told to', async () => {
    const stop = new AbortController();
    const masterPort = await freePort();
    const place = { world: 2, rank: 1, masterAddr: '127.0.0.1', masterPort, rendezvousMs: 60_000 };
    const joining = joinRing(place, stop.signal);
    stop.abort(new Error('enough'));
    await expect(joining).rejects.toThrow('enough');
  });
});
