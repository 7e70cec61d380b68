/**
 * The digest of an input, for the audit. What may be secret is left out of it: a short secret could be
 * guessed from the digest of everything around it (invariant 9).
 */
import { digestOf } from '../digest.ts';

const SECRET = /secret|password|passphrase|token|credential|^key$|^env$|^payload$|^args$|^command$|^code$/i;

export function inputDigest(input: unknown): string {
  return digestOf(withoutSecrets(input));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET.test(name) && inner !== undefined ? '(left out)' : withoutSecrets(inner),
    ]),
  );
}
