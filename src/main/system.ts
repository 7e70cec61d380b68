/** Time and chance of the real world. */
import { getRandomValues } from 'node:crypto';
import { v7 } from 'uuid';
import type { Chance, Clock } from '../ports/clock.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** Random bytes are drawn by the page: drawing sixteen at a time is most of what an id costs. */
const PAGE = 4096;
const ID = 16;
const page = new Uint8Array(PAGE);
let used = PAGE;

function sixteen(): Uint8Array {
  if (used >= PAGE) {
    getRandomValues(page);
    used = 0;
  }
  used += ID;
  return page.subarray(used - ID, used);
}

let lastMsecs = Number.NaN;
let sequence = 0;

/** From a random start, one more for each id of a millisecond: what came first sorts first (RFC 9562, 6.2). */
function nextInMillisecond(msecs: number, random: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = random;
  sequence = msecs === lastMsecs ? sequence + 1 : ((a & 0x3f) << 24) | (b << 16) | (c << 8) | d;
  lastMsecs = msecs;
  return sequence;
}

export const systemChance: Chance = {
  uid(now) {
    const random = sixteen();
    return v7({ msecs: now, seq: nextInMillisecond(now, random), random });
  },
  random: () => Math.random(),
};
