/** Values of settings that are more than a word: secrets, issuers, redirects. */
import { z } from 'zod';
import { isKnownDefault } from '../../core/access/known-defaults.ts';

export const LONGEST_KEPT = 'a duration of an hour or more, such as 90d';

/** Refused under 256 bits (RFC 7518, 3.2): a shorter one can be guessed from one token. */
export const JwtSecret = z
  .string('a text of at least 32 bytes (256 bits)')
  .refine((secret) => Buffer.byteLength(secret) >= 32, 'a text of at least 32 bytes (256 bits)')
  .refine(
    (secret) => !isKnownDefault(secret),
    'a secret of your own, such as `openssl rand -base64 32` makes',
  );

const ISSUER = 'an issuer: https://… (http on loopback alone)';
export const Issuer = z
  .string(ISSUER)
  .max(500)
  .regex(/^(https:\/\/|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/])\S*$/, ISSUER);

const ISSUERS = 'name=https://… pairs, separated by commas';
export const WorkloadIssuers = z.string(ISSUERS).transform((written, context) => {
  const pairs = written.split(',').map((pair) => /^([a-z0-9-]{1,40})=(\S+)$/.exec(pair.trim()));
  const found = pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? ''] as const] : []));
  if (found.length === pairs.length && found.every(([, url]) => Issuer.safeParse(url).success)) return found;
  context.addIssue({ code: 'custom', message: ISSUERS });
  return z.NEVER;
});

const REDIRECTS = 'https://… URIs without a fragment (http on loopback alone), separated by commas';
export const RedirectUris = z.string(REDIRECTS).transform((written, context) => {
  const found = written.split(',').map((uri) => uri.trim());
  if (found.every(isRedirectUri)) return found;
  context.addIssue({ code: 'custom', message: REDIRECTS });
  return z.NEVER;
});

function isRedirectUri(uri: string): boolean {
  return Issuer.safeParse(uri).success && URL.canParse(uri) && !uri.includes('#');
}
