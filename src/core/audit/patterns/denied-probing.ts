/** One principal refused at many different doors: somebody looks what a credential opens. */
import type { Access } from './access.ts';
import { Remembered } from './remembered.ts';
import { findingOf, type Rule } from './rule.ts';

const ID = 'denied-probing';
const WINDOW_MS = 900_000;
/** Different operations, or projects; who works with a role that is too small meets the same few. */
const LIMIT = 6;
/** That are remembered of one: a list of guessed names has no end. */
const MOST_DOORS = 100;

export const deniedProbing: Rule = {
  id: ID,
  summary: 'refused at 6 different operations or projects or more within a quarter of an hour',
  watch() {
    /** principal → door → when it was last refused there */
    const doors = new Remembered<Map<string, number>>();
    return {
      take(access) {
        if (access.effect !== 'refusal' || access.isStranger) return undefined;
        const { principal, at } = access;
        const open = lately(doors.get(principal), at);
        const before = open.size;
        if (before < MOST_DOORS) open.set(doorOf(access), at);
        doors.set(principal, open);
        if (before >= LIMIT || open.size < LIMIT) return undefined;
        const message = `${principal} was refused at ${open.size} different doors: ${[...open.keys()].join(', ')}`;
        return findingOf(ID, access, { count: open.size, message });
      },
    };
  },
};

function doorOf({ operation, outcome, project }: Access): string {
  return outcome === 'project.not_found' ? `project ${project ?? '?'}` : operation;
}

function lately(doors: ReadonlyMap<string, number> | undefined, at: number): Map<string, number> {
  return new Map([...(doors ?? [])].filter(([, last]) => last > at - WINDOW_MS));
}
