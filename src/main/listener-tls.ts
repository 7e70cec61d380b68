/** The certificate of the listener: read at the start, followed while the server runs. */
import type { Logger } from 'pino';
import {
  type Certificate,
  readCertificate,
  type Watched,
  watchCertificate,
} from '../adapters/tls/certificate.ts';
import type { Settings } from './config/schema.ts';
import { checkListen } from './listen-check.ts';

export interface ListenerTls {
  readonly certificate: Certificate;
  /** Gives new handshakes the certificate that was put in its place. */
  follow(use: (certificate: Certificate) => void, log: Logger): Watched;
}

/**
 * Undefined where plain text is allowed.
 * @throws UsageError where it is not; CertificateError for files that are no certificate and its key
 */
export async function listenerTls(settings: Settings): Promise<ListenerTls | undefined> {
  const { host, behindTlsProxy, tls } = settings;
  const { cert, key } = tls ?? {};
  checkListen({ host, behindTlsProxy, tls: cert !== undefined });
  if (cert === undefined || key === undefined) return undefined;
  const files = { cert, key };
  const certificate = await readCertificate(files);
  return {
    certificate,
    follow: (use, log) =>
      watchCertificate({
        files,
        current: certificate,
        changed: (found) => {
          use(found);
          log.info({ until: new Date(found.notAfter).toISOString() }, 'the TLS certificate was replaced');
        },
        trouble: (error) =>
          log.error({ err: error }, 'the TLS files were not taken over: the old pair stays'),
      }),
  };
}
