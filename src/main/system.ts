/** Time and chance of the real world. */
import { v7 } from 'uuid';
import type { Chance, Clock } from '../ports/clock.ts';

export const systemClock: Clock = { now: () => Date.now() };

export const systemChance: Chance = {
  uid: (now) => v7({ msecs: now }),
  random: () => Math.random(),
};
