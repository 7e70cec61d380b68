/**
 * Where an issuer may send a browser back to. A redirect URI that anybody can choose hands the code to
 * anybody: those of the console are compared as a whole with a list, those of the command line are on
 * this machine (RFC 8252, 7.3: any port of a loopback address; `localhost` may resolve elsewhere).
 */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})\/callback$/;

export type RedirectOf = 'native' | 'console';

export function mayRedirect(of: RedirectOf, uri: string, list: readonly string[]): boolean {
  if (of === 'console') return list.includes(uri);
  const port = Number(LOOPBACK.exec(uri)?.[2]);
  return port > 0 && port <= 65_535;
}
