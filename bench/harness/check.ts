/** A measurement of something that did not happen is none: benches check what they measured. */

export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** @throws CheckFailed saying what was expected */
export function check(holds: boolean, expected: string): asserts holds {
  if (!holds) throw new CheckFailed(expected);
}
