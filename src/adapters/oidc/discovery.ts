/** Finds the keys of an issuer by its own description (OpenID Connect Discovery 1.0). */
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** For one answer of the issuer, milliseconds. */
const PATIENCE = 5000;
/** How long a description is trusted, milliseconds. */
const KEPT = 3_600_000;
const LARGEST = 256 * 1024;

export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** The keys of one issuer; asked for when first needed, and again when a key is not known. */
export class IssuerKeys {
  readonly issuer: string;
  #found: { readonly keys: JWTVerifyGetKey; readonly since: number } | undefined;

  /** @throws TypeError when the issuer is not reached by TLS, or by loopback */
  constructor(issuer: string) {
    this.issuer = checkedUrl(issuer);
  }

  /** @throws IssuerUnavailable */
  async keys(): Promise<JWTVerifyGetKey> {
    if (this.#found && performance.now() - this.#found.since < KEPT) return this.#found.keys;
    const described = await this.#describe();
    const url = new URL(checkedUrl(described));
    const keys = createRemoteJWKSet(url, { timeoutDuration: PATIENCE, cooldownDuration: 1000 });
    this.#found = { keys, since: performance.now() };
    return keys;
  }

  async #describe(): Promise<string> {
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
      const text = await response.text();
      if (!response.ok || text.length > LARGEST) throw new Error(`it answered ${response.status}`);
      const { issuer, jwks_uri: uri } = JSON.parse(text) as Record<string, unknown>;
      // An issuer speaks for itself alone.
      if (issuer !== this.issuer || typeof uri !== 'string') throw new Error('it describes another issuer');
      return uri;
    } catch (error) {
      throw new IssuerUnavailable(`${this.issuer} is not to be reached`, { cause: error });
    }
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new TypeError(`${text} is no issuer: an https URL is needed (http on loopback alone)`);
}
