/** The authorization code flow with PKCE (RFC 6749, RFC 7636): the code is redeemed by the server, never by a browser. */
import { Refused } from '../../core/errors/refused.ts';
import type { CodeGrant, CodeRequest, PeopleIssuer } from '../../ports/token-verifier.ts';
import { type Description, type IssuerKeys, IssuerUnavailable, LARGEST, PATIENCE } from './discovery.ts';

export interface CodeClient extends PeopleIssuer {
  /** Absent: a public client. */
  readonly secret?: string | undefined;
}

/** Throws Refused `auth.issuer_unavailable`. */
export async function authorizationUrl(
  issuer: IssuerKeys,
  { clientId, scope }: CodeClient,
  { redirectUri, state, nonce, challenge }: CodeRequest,
): Promise<string> {
  const { authorizationEndpoint } = await describedBy(issuer);
  if (authorizationEndpoint === undefined) throw new Refused('auth.no_issuer');
  const url = new URL(authorizationEndpoint);
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}

/** The ID token; undefined when the issuer refuses the code. Throws Refused `auth.issuer_unavailable`. */
export async function redeem(
  issuer: IssuerKeys,
  client: CodeClient,
  { code, verifier, redirectUri }: CodeGrant,
): Promise<string | undefined> {
  const { tokenEndpoint, authMethods } = await describedBy(issuer);
  if (tokenEndpoint === undefined) throw new Refused('auth.no_issuer');
  const grant = {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  };
  const proof = proofOf(client, authMethods);
  const { status, fields } = await post(tokenEndpoint, { ...grant, ...proof.form }, proof.headers);
  // The code or its verifier is wrong: 400. That we are not known there is a fault of the installation.
  if (status >= 500 || fields.error === 'invalid_client') throw new Refused('auth.issuer_unavailable');
  return status === 200 && typeof fields.id_token === 'string' ? fields.id_token : undefined;
}

interface Proof {
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the server shows who it is: by HTTP Basic, the standard's default, or in the form where only that is taken. */
function proofOf({ clientId, secret }: CodeClient, methods: readonly string[]): Proof {
  if (secret === undefined) return { form: { client_id: clientId }, headers: {} };
  const inForm = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
  if (inForm) return { form: { client_id: clientId, client_secret: secret }, headers: {} };
  const pair = `${formEncoded(clientId)}:${formEncoded(secret)}`;
  return { form: {}, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** As RFC 6749, 2.3.1 asks for both halves. */
function formEncoded(text: string): string {
  return new URLSearchParams({ _: text }).toString().slice(2);
}

async function describedBy(issuer: IssuerKeys): Promise<Description> {
  try {
    return await issuer.described();
  } catch (error) {
    if (error instanceof IssuerUnavailable)
      throw new Refused('auth.issuer_unavailable', {}, { cause: error });
    throw error;
  }
}

async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; fields: Readonly<Record<string, unknown>> }> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const body = new URLSearchParams(form);
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'error', signal });
    const text = await response.text();
    if (text.length > LARGEST) throw new Error('its answer is too long');
    return { status: response.status, fields: JSON.parse(text) as Record<string, unknown> };
  } catch (error) {
    throw new Refused('auth.issuer_unavailable', {}, { cause: error });
  }
}
