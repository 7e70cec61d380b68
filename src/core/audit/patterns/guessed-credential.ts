/** Many wrong credentials from an address, then one that opens for somebody who never came from there. */
import { Remembered } from './remembered.ts';
import { findingOf, type Rule } from './rule.ts';
import { SlidingSum } from './sliding-sum.ts';

const ID = 'guessed-credential';
const WINDOW_MS = 900_000;
const LIMIT = 10;
/** Callers with the addresses that they came from. */
const MOST_PAIRS = 50_000;

export const guessedCredential: Rule = {
  id: ID,
  summary: '10 wrong credentials or more from an address, then one that opens for who is new there',
  watch() {
    const wrong = new SlidingSum(WINDOW_MS);
    const known = new Remembered<true>(MOST_PAIRS);
    return {
      take(access) {
        const { address, principal, at } = access;
        if (address === undefined) return undefined;
        if (access.effect === 'refusal') {
          if (access.isStranger && access.outcome !== 'auth.missing') wrong.add(address, at, access.times);
          return undefined;
        }
        const pair = `${principal} ${address}`;
        if (access.isStranger || known.get(pair)) return undefined;
        known.set(pair, true);
        const count = wrong.of(address, at);
        if (count < LIMIT) return undefined;
        const message = `after ${count} wrong credentials from ${address}, ${principal} came from there for the first time`;
        return findingOf(ID, access, { count, message });
      },
    };
  },
};
