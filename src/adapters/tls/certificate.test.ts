import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { selfSigned } from '../../serve/http/testing/self-signed.ts';
import { type Certificate, readCertificate, watchCertificate } from './certificate.ts';

function place() {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-tls-'));
  const files = { cert: join(dir, 'tls.crt'), key: join(dir, 'tls.key') };
  return {
    dir,
    files,
    put: ({ cert, key } = selfSigned()) => {
      writeFileSync(files.cert, cert);
      writeFileSync(files.key, key);
      return { cert, key };
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}

describe('a certificate and its key', () => {
  test('are read with their end', async () => {
    using at = place();
    const pair = at.put();
    const found = await readCertificate(at.files);
    expect(found).toMatchObject(pair);
    expect(new Date(found.notAfter).getUTCFullYear()).toBe(2049);
  });

  test.each<{ what: string; spoil: (files: { cert: string; key: string }) => void; want: RegExp }>([
    { what: 'no key file', spoil: ({ key }) => unlinkSync(key), want: /cannot read the TLS key .*ENOENT/ },
    {
      what: 'a certificate file without one',
      spoil: ({ cert }) => writeFileSync(cert, 'hunter2'),
      want: /does not hold a certificate$/,
    },
    {
      what: 'a key file without one',
      spoil: ({ key }) => writeFileSync(key, 'hunter2'),
      want: /does not hold a private key without passphrase$/,
    },
    {
      what: 'the key of another',
      spoil: ({ key }) => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      },
      want: /is not the key of/,
    },
  ])('with $what are refused, saying what to do', async ({ spoil, want }) => {
    using at = place();
    at.put();
    spoil(at.files);
    const refused = await readCertificate(at.files).catch((error: unknown) => error);
    expect(refused).toMatchObject({ message: expect.stringMatching(want), next: expect.any(String) });
    expect(String(refused)).not.toContain('hunter2');
  });
});

describe('files that are replaced', () => {
  async function watched(at: ReturnType<typeof place>) {
    const current = await readCertificate(at.files);
    const events: (Certificate | Error)[] = [];
    const next: ((event: Certificate | Error) => void)[] = [];
    const tell = (event: Certificate | Error) => {
      events.push(event);
      next.shift()?.(event);
    };
    const watcher = watchCertificate({
      files: at.files,
      current,
      changed: tell,
      trouble: (error) => tell(error as Error),
    });
    return { watcher, events, next: () => new Promise<Certificate | Error>((told) => next.push(told)) };
  }

  test('are noticed by themselves', async () => {
    using at = place();
    at.put();
    const { watcher, next } = await watched(at);
    const told = next();
    const renewed = at.put();
    expect(await told).toMatchObject(renewed);
    watcher.close();
  });

  test('are noticed when a link above them turns, as a mounted secret does', async () => {
    using at = place();
    at.put();
    const link = join(at.dir, 'data');
    symlinkSync('.', link);
    const files = { cert: join(link, 'tls.crt'), key: join(link, 'tls.key') };
    const { watcher, next } = await watched({ ...at, files });
    using other = place();
    const renewed = other.put();
    const told = next();
    symlinkSync(other.dir, `${link}.new`);
    renameSync(`${link}.new`, link);
    await watcher.look();
    expect(await told).toMatchObject(renewed);
    watcher.close();
  });

  test('that are no pair leave the old one in force, and are told once', async () => {
    using at = place();
    at.put();
    const { watcher, events } = await watched(at);
    writeFileSync(at.files.key, selfSigned().key);
    await watcher.look();
    await watcher.look();
    expect(events).toMatchObject([{ name: 'CertificateError' }]);
    const renewed = at.put();
    await watcher.look();
    expect(events.at(-1)).toMatchObject(renewed);
    watcher.close();
  });
});
