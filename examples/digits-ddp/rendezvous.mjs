/**
 * How members that know only MASTER_ADDR and MASTER_PORT become a ring. Each opens a port of its
 * own for its left neighbour and tells rank 0 where; rank 0, when all have come, answers with the
 * table of addresses; then each connects to its right neighbour. Members may start in any order.
 *
 * Strangers (a port scan, a member of another run) are turned away: a neighbour has to know the
 * run's number, which is drawn anew and only in the table.
 */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, within, withResolvers } from './deadline.mjs';
import { openDoor } from './door.mjs';
import { Link, PeerLost } from './link.mjs';

const RETRY_MS = 100;
const CONNECT_MS = 3_000;
/** Everybody is there and listens: connecting to a neighbour takes no longer. */
const JOIN_MS = 15_000;
/** What rank 0 needs to tell that a member did not come. */
const VERDICT_MS = 2_000;

/**
 * Connects this member with its neighbours.
 * @param {{ rank: number, world: number, masterAddr: string, masterPort: number, rendezvousMs: number }} gang
 *   of at least two members
 * @param {AbortSignal} signal gives up at once
 * @returns {Promise<{ left: Link, right: Link }>}
 * @throws {RendezvousFailed | PeerLost} or the signal's reason
 */
export async function meet(gang, signal) {
  const door = await openDoor(0, gang.masterAddr);
  try {
    const table = await exchangeAddresses(gang, signal, door.port);
    return await within({ ms: JOIN_MS, signal }, (limit) => joinNeighbours(gang, limit, { door, ...table }));
  } finally {
    door.close();
  }
}

function exchangeAddresses(gang, signal, port) {
  const limit = { ms: gang.rendezvousMs, signal };
  if (gang.rank === 0) return within(limit, (running) => gatherAddresses(gang, running, port));
  return askForAddresses(gang, limit, port);
}

/** Rank 0: waits for everybody's address, answers with all of them. */
async function gatherAddresses(gang, limit, port) {
  const door = await openDoor(gang.masterPort, gang.masterAddr);
  try {
    const arrived = await everybody(gang, limit, door);
    const table = { run: randomUUID(), members: addressTable(gang, arrived, port) };
    for (const { link } of arrived.values()) {
      link.say(table);
      link.close();
    }
    return table;
  } finally {
    door.close();
  }
}

/** Rank 0 is reached where its left neighbour reached it: it can't know its own address otherwise. */
function addressTable(gang, arrived, port) {
  const host = plainAddress(arrived.get(gang.world - 1).link.localAddress);
  const others = Array.from({ length: gang.world - 1 }, (_, i) => arrived.get(i + 1).address);
  return [{ host, port }, ...others];
}

/** Resolves when each other rank has said where it listens; fails when one goes away again. */
async function everybody(gang, limit, door) {
  const arrived = new Map();
  const done = withResolvers();
  door.admit((link, hello) => {
    if (!isMember(hello, gang) || arrived.has(hello.rank)) return false;
    link.peer = hello.rank;
    link.watch(() => done.reject(new PeerLost(hello.rank, 'it left during the rendezvous')));
    arrived.set(hello.rank, { link, address: { host: hello.host, port: hello.port } });
    if (arrived.size === gang.world - 1) done.resolve(arrived);
    return true;
  });
  const missing = () => `rank ${absent(gang, arrived).join(', ')} of ${gang.world} did not come`;
  try {
    return await before(limit, done.promise, missing);
  } catch (error) {
    const lost =
      error instanceof PeerLost ? error : new PeerLost(absent(gang, arrived)[0], 'it did not come');
    for (const { link } of arrived.values()) link.passOn(lost);
    throw error;
  }
}

function absent({ world }, arrived) {
  return Array.from({ length: world - 1 }, (_, i) => i + 1).filter((rank) => !arrived.has(rank));
}

function isMember(hello, { world }) {
  const { rank, port, host } = hello;
  return hello.world === world && Number.isInteger(rank) && rank > 0 && rank < world && !!port && !!host;
}

/**
 * Every other rank: says where it listens, as seen from rank 0, and gets the table. Rank 0 alone
 * decides that the gang is not complete, and may have begun to wait later: it is given time to say so.
 */
async function askForAddresses(gang, limit, port) {
  const rankZero = { host: gang.masterAddr, port: gang.masterPort, peer: 0 };
  const link = await within(limit, (running) => connectUntil(running, rankZero));
  link.say({ rank: gang.rank, world: gang.world, host: plainAddress(link.localAddress), port });
  try {
    const patient = { ...limit, ms: limit.ms + VERDICT_MS };
    return await within(patient, (running) => before(running, link.hear(), () => 'rank 0 did not answer'));
  } finally {
    link.destroy();
  }
}

/** Connects to the right and is connected to from the left, at the same time. */
async function joinNeighbours({ rank, world }, limit, { door, run, members }) {
  const leftRank = (rank + world - 1) % world;
  const rightRank = (rank + 1) % world;
  const failed = withResolvers();
  const opened = [];
  const keep = (link) => {
    opened.push(link);
    link.watch(failed.reject);
    return link;
  };
  try {
    const fromLeft = acceptFrom(limit, door, { run, rank: leftRank }).then(keep);
    const toRight = connectUntil(limit, { ...members[rightRank], peer: rightRank, mustListen: true }).then(
      keep,
    );
    toRight.then((right) => right.say({ run, rank })).catch(() => {});
    const [left, right] = await Promise.race([Promise.all([fromLeft, toRight]), failed.promise]);
    return { left, right };
  } catch (error) {
    for (const link of opened) error instanceof PeerLost ? link.passOn(error) : link.destroy();
    throw error;
  }
}

function acceptFrom(limit, door, { run, rank }) {
  const done = withResolvers();
  door.admit((link, hello) => {
    if (hello.run !== run || hello.rank !== rank) return false;
    link.peer = rank;
    done.resolve(link);
    return true;
  });
  return before(limit, done.promise, () => `rank ${rank} did not connect`);
}

/**
 * Tries again until somebody listens: the order in which members start is not given. A neighbour
 * in the table listened before it was in there (`mustListen`): if it refuses, it is gone.
 */
async function connectUntil(limit, { host, port, peer, mustListen = false }) {
  let last = 'no answer';
  for (;;) {
    try {
      return new Link(await connectOnce(host, port, limit.deadline), { peer });
    } catch (error) {
      if (mustListen && error.code === 'ECONNREFUSED') throw new PeerLost(peer, 'it no longer listens');
      if (!limit.deadline.aborted) last = error.code ?? error.message;
    }
    const pause = sleep(RETRY_MS, undefined, { signal: limit.deadline });
    await before(limit, pause, () => `rank ${peer} can't be reached at ${host}:${port} (${last})`);
  }
}

/** One try, which ends with the deadline; the connection, once made, no longer hears of it. */
function connectOnce(host, port, deadline) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const giveUp = () => socket.destroy(new Error('the rendezvous is over'));
    const tooSlow = () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`));
    deadline.addEventListener('abort', giveUp, { once: true });
    socket.setTimeout(CONNECT_MS, tooSlow);
    socket.once('close', () => deadline.removeEventListener('abort', giveUp));
    socket.once('error', reject);
    socket.once('connect', () => {
      deadline.removeEventListener('abort', giveUp);
      socket.setTimeout(0).off('timeout', tooSlow).off('error', reject);
      resolve(socket);
    });
  });
}

/** An IPv4 peer of a socket that listens on IPv6 too, written as IPv4. */
function plainAddress(address) {
  return address.replace(/^::ffff:/, '');
}
