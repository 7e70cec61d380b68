/** Many refusals in a short time: a stolen key that is tried out, or somebody who guesses. */
import { actorOf, findingOf, type Rule } from './rule.ts';
import { SlidingSum } from './sliding-sum.ts';

const ID = 'denied-burst';
const WINDOW_MS = 300_000;
/** A program with a wrong role is refused now and then; this many it takes a loop, or a search. */
const LIMIT = 30;

export const deniedBurst: Rule = {
  id: ID,
  summary: '30 refusals or more within five minutes',
  watch() {
    const refused = new SlidingSum(WINDOW_MS);
    return {
      take(access) {
        if (access.effect !== 'refusal') return undefined;
        const actor = actorOf(access);
        const before = refused.of(actor, access.at);
        const count = refused.add(actor, access.at, access.times);
        // Told once: until fewer are left in the window, it is the same burst.
        if (before >= LIMIT || count < LIMIT) return undefined;
        return findingOf(ID, access, {
          count,
          message: `${actor} was refused ${count} times in five minutes`,
        });
      },
    };
  },
};
