/** Where a reader of logs stands: the attempt, and an offset for each member, as text. */
export interface LogPosition {
  readonly attempt: number;
  /** Rank → offset; a rank that is not named stands at the beginning. */
  readonly offsets: ReadonlyMap<number, number>;
}

const RADIX = 36;

export function formatPosition({ attempt, offsets }: LogPosition): string {
  const parts = [...offsets].map(([rank, offset]) => `${rank.toString(RADIX)}.${offset.toString(RADIX)}`);
  return [attempt.toString(RADIX), ...parts].join('_');
}

/** Undefined when the text is none of ours. */
export function parsePosition(text: string): LogPosition | undefined {
  const [attempt = '', ...parts] = text.split('_');
  const pairs = parts.map((part) => part.split('.').map((digits) => Number.parseInt(digits, RADIX)));
  const number = Number.parseInt(attempt, RADIX);
  const sound =
    Number.isSafeInteger(number) &&
    pairs.every((pair) => pair.length === 2 && pair.every((value) => value >= 0));
  if (!sound) return undefined;
  return { attempt: number, offsets: new Map(pairs.map(([rank = 0, offset = 0]) => [rank, offset])) };
}
