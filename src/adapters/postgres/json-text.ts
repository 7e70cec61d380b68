/**
 * JSON as PostgreSQL's jsonb accepts it: it refuses U+0000 and halves of surrogate pairs, which
 * what a program wrote to its own error message may well hold. Both become U+FFFD.
 */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;

export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return SUSPECT.test(text) ? JSON.stringify(value, (_key, part: unknown) => cleaned(part)) : text;
}

/** For columns of type text. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function cleaned(part: unknown): unknown {
  if (typeof part === 'string') return cleanText(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [cleanText(key), value]));
}
