/** Signing in: access tokens, sessions, and the exchange of what an issuer signed. */
import { z } from 'zod';
import { Cursor, Flag, Limit, listOf } from './meta.ts';

const SignedToken = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'a signed JSON Web Token');

export const TokenView = z
  .object({
    token: z.string().describe('Send it as `Authorization: Bearer TOKEN`'),
    tokenType: z.literal('Bearer'),
    endsAt: z.string(),
  })
  .meta({ id: 'AccessToken' });

export const SignedInView = TokenView.extend({
  id: z.string().describe('Who has signed in'),
  session: z.string(),
  sessionEndsAt: z.string(),
  refresh: z.string().optional().describe('Gets the next access token, once; shown this once'),
}).meta({ id: 'SignedIn' });

export const RotatedView = z
  .object({ kid: z.string().describe('Signs from a few seconds on; tokens of the one before stay valid') })
  .meta({ id: 'RotatedSigningKey' });

export const ExchangeIdToken = z.strictObject({ idToken: SignedToken });

export const ExchangeWorkloadToken = z.strictObject({ token: SignedToken });

export const RefreshSession = z.strictObject({
  refresh: z.string().regex(/^cas_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/, 'a refresh secret'),
});

const RedirectUri = z.string().max(2000).describe('Where the issuer sends the browser back to');

export const BeginSignIn = z.strictObject({
  redirectUri: RedirectUri.describe('http://127.0.0.1:PORT/callback or http://[::1]:PORT/callback'),
});

const Begun = z.object({
  url: z.string().describe('The page of the issuer to open in a browser'),
  endsAt: z.string().describe('Until when the sign-in can be completed'),
});

const Transaction = z
  .string()
  .max(4096)
  .regex(/^[A-Za-z0-9_-]+$/, 'what the beginning gave');

export const BegunView = Begun.extend({
  transaction: z.string().describe('Sealed; give it back with the code, and show it to nobody'),
}).meta({ id: 'SignInBegun' });

const Returned = {
  code: z.string().min(1).max(4096).describe('As the issuer gave it to the redirect URI'),
  state: z.string().min(1).max(200).describe('As it came back'),
  iss: z.string().max(500).optional().describe('As it came back, where it did (RFC 9207)'),
};

export const CompleteSignIn = z.strictObject({ ...Returned, transaction: Transaction });

export const BeginConsole = z.strictObject({
  redirectUri: RedirectUri.describe('One of those in the setting oidc.redirectUris'),
});

export const ConsoleBegunView = Begun.extend({ transaction: z.string() }).meta({ id: 'ConsoleSignInBegun' });

export const CompleteConsole = z.strictObject({ ...Returned, transaction: Transaction });

export const ConsoleSessionView = z
  .object({
    id: z.string().describe('Who has signed in'),
    session: z.string(),
    sessionEndsAt: z.string(),
    secret: z.string(),
  })
  .meta({ id: 'ConsoleSession' });

export const SignInSettings = z
  .object({
    oidc: z
      .object({ issuer: z.string(), clientId: z.string(), scope: z.string() })
      .optional()
      .describe('Where people sign in; absent: by key only'),
  })
  .meta({ id: 'SignInSettings' });

export const ListSessions = z.strictObject({
  all: Flag.default(false).describe('Of everybody; needs session:read'),
  cursor: Cursor.optional(),
  limit: Limit,
});

export const SessionView = z
  .object({
    id: z.string(),
    subject: z.string(),
    groups: z.array(z.string()),
    method: z.string(),
    createdAt: z.string(),
    usedAt: z.string(),
    expiresAt: z.string(),
    current: z.boolean().describe('The one that this request was made under'),
  })
  .meta({ id: 'Session' });

export type SessionView = z.output<typeof SessionView>;

export const SessionList = listOf(SessionView).meta({ id: 'SessionList' });

export const SessionRef = z.strictObject({ session: z.uuid() });

export const Ended = z.object({ ended: z.boolean() }).meta({ id: 'Ended' });
