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

export const systemChance: Chance = {
  uid: (now) => v7({ msecs: now, random: sixteen() }),
  random: () => Math.random(),
};
