/** Finds the keys and endpoints of an issuer by its own description (OpenID Connect Discovery 1.0). */
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** For one answer of the issuer, milliseconds. */
export const PATIENCE = 5000;
/** How long a description is trusted, milliseconds. */
const KEPT = 3_600_000;
export const LARGEST = 256 * 1024;

export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** What an issuer says of itself, as far as it is needed here. */
export interface Description {
  readonly keys: JWTVerifyGetKey;
  readonly authorizationEndpoint: string | undefined;
  readonly tokenEndpoint: string | undefined;
  /** How clients with a secret prove themselves there; empty: as the standard has it. */
  readonly authMethods: readonly string[];
}

/** One issuer; asked for when first needed, and for its keys again when one is not known. */
export class IssuerKeys {
  readonly issuer: string;
  #found: { readonly description: Description; readonly since: number } | undefined;

  /** @throws TypeError when the issuer is not reached by TLS, or by loopback */
  constructor(issuer: string) {
    this.issuer = checkedUrl(issuer);
  }

  /** @throws IssuerUnavailable */
  async keys(): Promise<JWTVerifyGetKey> {
    return (await this.described()).keys;
  }

  /** @throws IssuerUnavailable */
  async described(): Promise<Description> {
    if (this.#found && performance.now() - this.#found.since < KEPT) return this.#found.description;
    const description = descriptionOf(await this.#read());
    this.#found = { description, since: performance.now() };
    return description;
  }

  async #read(): Promise<Record<string, unknown>> {
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
      const text = await response.text();
      if (!response.ok || text.length > LARGEST) throw new Error(`it answered ${response.status}`);
      const said = JSON.parse(text) as Record<string, unknown>;
      // An issuer speaks for itself alone.
      if (said.issuer !== this.issuer || typeof said.jwks_uri !== 'string')
        throw new Error('it describes another issuer');
      return said;
    } catch (error) {
      throw new IssuerUnavailable(`${this.issuer} is not to be reached`, { cause: error });
    }
  }
}

function descriptionOf(said: Record<string, unknown>): Description {
  const url = new URL(checkedUrl(String(said.jwks_uri)));
  const methods = said.token_endpoint_auth_methods_supported;
  return {
    keys: createRemoteJWKSet(url, { timeoutDuration: PATIENCE, cooldownDuration: 1000 }),
    authorizationEndpoint: endpoint(said.authorization_endpoint),
    tokenEndpoint: endpoint(said.token_endpoint),
    authMethods: Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : [],
  };
}

function endpoint(url: unknown): string | undefined {
  return typeof url === 'string' ? checkedUrl(url) : undefined;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new TypeError(`${text} is no issuer: an https URL is needed (http on loopback alone)`);
}
