/**
 * More callers at once than the rules can tell apart. Whoever comes from ever new addresses could make them forget
 * what they saw, and does not do so unnoticed.
 */
import { MOST_ACTORS, Remembered } from './remembered.ts';
import { actorOf, findingOf, type Rule } from './rule.ts';

const ID = 'crowd';
const WINDOW_MS = 900_000;

export const crowd: Rule = {
  id: ID,
  summary: `more than ${MOST_ACTORS} different callers within a quarter of an hour: the other rules forget some`,
  watch() {
    const seen = new Remembered<number>();
    let toldAt = Number.NEGATIVE_INFINITY;
    return {
      take(access) {
        const { at } = access;
        const forgotten = seen.set(actorOf(access), at);
        const isCrowded = forgotten !== undefined && forgotten > at - WINDOW_MS;
        if (!isCrowded || at - toldAt < WINDOW_MS) return undefined;
        toldAt = at;
        const message = `more than ${MOST_ACTORS} different callers came within a quarter of an hour, ${actorOf(access)} among them; the rules can not tell them all apart`;
        return findingOf(ID, access, { count: MOST_ACTORS + 1, message });
      },
    };
  },
};
