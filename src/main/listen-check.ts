/** Where plain text may be spoken: on loopback, or behind a proxy that ends TLS. */
import { BlockList, isIPv6 } from 'node:net';
import { UsageError } from '../cli/errors.ts';

export interface ListenChoice {
  readonly host: string;
  readonly tls: boolean;
  readonly behindTlsProxy: boolean;
}

/** @throws UsageError saying how to be allowed to listen there */
export function checkListen({ host, tls, behindTlsProxy }: ListenChoice): void {
  if (tls || behindTlsProxy || isLoopback(host)) return;
  throw new UsageError(
    `host ${host} is not loopback, and plain text there is refused`,
    'Give a certificate (--tls-cert and --tls-key, or tls.cert and tls.key in the configuration), say --behind-tls-proxy when a proxy in front of it ends TLS, or listen on 127.0.0.1.',
  );
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
