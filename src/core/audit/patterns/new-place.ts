/** Somebody who is known comes from a network that they never came from: a credential that went on a journey. */
import type { Access } from './access.ts';
import { networkOf } from './network.ts';
import { Remembered } from './remembered.ts';
import { findingOf, type Rule } from './rule.ts';

const ID = 'new-place';
/** Of whom less is known, every place is new. */
const KNOWN_FOR_MS = 86_400_000;
const KNOWN_BY = 5;
/** Places that are remembered of one: who has more, such as CI runners, is at home everywhere. */
const MOST_PLACES = 50;

interface Known {
  readonly since: number;
  readonly places: Set<string>;
  times: number;
}

export const newPlace: Rule = {
  id: ID,
  summary: 'a principal that has been known for a day comes from a network for the first time',
  watch() {
    const all = new Remembered<Known>();
    return {
      take(access) {
        const { principal, address, at } = access;
        if (address === undefined || access.isStranger || access.effect === 'refusal') return undefined;
        const known = all.get(principal) ?? { since: at, places: new Set(), times: 0 };
        all.set(principal, known);
        const place = networkOf(address);
        const isNew = isFamiliar(known, at) && !known.places.has(place);
        known.times += 1;
        if (known.places.size < MOST_PLACES) known.places.add(place);
        return isNew ? found(access, place, known) : undefined;
      },
    };
  },
};

function isFamiliar({ since, times, places }: Known, at: number): boolean {
  return at - since >= KNOWN_FOR_MS && times >= KNOWN_BY && places.size < MOST_PLACES;
}

function found(access: Access, place: string, { places }: Known) {
  const message = `${access.principal} came from ${access.address}, for the first time from ${place} (${places.size - 1} other networks are known)`;
  return findingOf(ID, access, { count: 1, message });
}
