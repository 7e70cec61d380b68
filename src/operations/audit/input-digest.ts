/**
 * The digest of an input, for the audit. What may be secret is left out of it: a short secret could be
 * guessed from the digest of everything around it (invariant 9).
 *
 * Every change computes one, so it is written in one pass.
 */
import { hash } from 'node:crypto';

const SECRET = /secret|password|passphrase|token|credential|^key$|^env$|^payload$|^args$|^command$|^code$/i;

/** SHA-256, hexadecimal; the same whatever the order of the keys. */
export function inputDigest(input: unknown): string {
  return hash('sha256', canonical(input));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name of Object.keys(fields).sort()) {
    const inner = fields[name];
    if (inner === undefined) continue;
    text += `${JSON.stringify(name)}:${SECRET.test(name) ? '"(left out)"' : canonical(inner)},`;
  }
  return `${text}}`;
}
