/**
 * The certificate of a listener, from two PEM files. They may be replaced while the server runs
 * (cert-manager, certbot, a mounted secret): a pair that does not fit is told, and the old one stays.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  /** PEM, the chain as it is in the file. */
  readonly cert: string;
  readonly key: string;
  /** Of the first certificate, epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly next: string;

  constructor(message: string, next: string, cause?: unknown) {
    super(message, { cause });
    this.next = next;
  }
}

/** @throws CertificateError when a file cannot be read, is no PEM, or the two are no pair */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const cert = await read(files.cert, 'certificate');
  const key = await read(files.key, 'key');
  const first = parsed(files.cert, 'a certificate', () => new X509Certificate(cert));
  const secret = parsed(files.key, 'a private key without passphrase', () => createPrivateKey(key));
  if (!first.checkPrivateKey(secret)) {
    throw new CertificateError(
      `${files.key} is not the key of ${files.cert}`,
      'Give the key that the certificate was made for; the leaf certificate stands first in its file.',
    );
  }
  return { cert, key, notBefore: Date.parse(first.validFrom), notAfter: Date.parse(first.validTo) };
}

async function read(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CertificateError(
      `cannot read the TLS ${what} ${path}: ${error.code}`,
      'Check the path, and that the user of the server may read it.',
      error,
    );
  });
}

/** The library's own message may quote the file: it stays in the cause's name only. */
function parsed<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new CertificateError(`${path} does not hold ${what}`, 'It must be PEM text.');
  }
}

export interface Watched {
  /** Looks at once; resolves when what was found is in force or told. */
  look(): Promise<void>;
  close(): void;
}

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** The one in force now. */
  readonly current: Certificate;
  changed(certificate: Certificate): void;
  trouble(error: unknown): void;
}

/** Certificate and key are written one after the other: they are read when both have been quiet for so long, ms. */
const QUIET_MS = 200;
/** For file systems that tell nobody of changes. */
const LOOK_EVERY_MS = 30_000;

export function watchCertificate({ files, current, changed, trouble }: WatchOptions): Watched {
  let known = current;
  let said: string | undefined;
  let quiet: NodeJS.Timeout | undefined;
  const look = async () => {
    try {
      const found = await readCertificate(files);
      said = undefined;
      if (found.cert === known.cert && found.key === known.key) return;
      known = found;
      changed(found);
    } catch (error) {
      // Half of a replacement, or a mistake: said once, looked at again.
      const message = error instanceof Error ? error.message : String(error);
      if (message !== said) trouble(error);
      said = message;
    }
  };
  const soon = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void look(), QUIET_MS);
  };
  const watchers = watchDirectories(files, soon);
  const regularly = setInterval(() => void look(), LOOK_EVERY_MS);
  regularly.unref();
  return {
    look,
    close: () => {
      clearTimeout(quiet);
      clearInterval(regularly);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** The directories: a mounted secret is replaced by renaming a link, which the file itself does not tell. */
function watchDirectories(files: CertificateFiles, told: () => void): FSWatcher[] {
  return [...new Set([dirname(files.cert), dirname(files.key)])].flatMap((directory) => {
    try {
      const watcher = watch(directory, { persistent: false }, told);
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}
