/**
 * `capstan audit verify`: of a FILE it needs no server, only the export and a public key that was kept
 * elsewhere; without one, the server verifies its own database.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { AuditVerdict } from '../../contract/audit.ts';
import type { Signed } from '../../core/audit/signed.ts';
import { Verification } from '../../core/audit/verify.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { exportLines, parseLine, textOf } from './export-file.ts';

export interface VerifyFlags {
  readonly key?: readonly string[];
  readonly heads?: string;
}

/** @param online how a server is asked */
export function auditVerifyVerb(shell: Shell, online: (session: Session) => Promise<AuditVerdict>): Command {
  return new Command('verify')
    .description(
      'Verifies an export without any server; without a file, asks the server to verify its database.',
    )
    .argument('[file]', 'an export as `capstan audit export` wrote it')
    .option('--key <file>', 'a pinned public key (may be repeated)', (text, before: string[] = []) => [
      ...before,
      text,
    ])
    .option('--heads <file>', 'heads that were kept outside the database: audit-heads.jsonl of a server')
    .action(async (file: string | undefined, flags: VerifyFlags, command: Command) => {
      const session = openSession(shell, command);
      const verdict = file === undefined ? await online(session) : await verifyFile(session, file, flags);
      await show(session, verdict);
      shell.end(verdict.ok ? EXIT.done : EXIT.jobFailed);
    });
}

async function verifyFile({ io }: Session, file: string, { key, heads }: VerifyFlags): Promise<AuditVerdict> {
  if (!key)
    throw new UsageError('there is no --key', 'Pin the public key that was kept when the server was set up.');
  const at = (path: string) => resolve(io.cwd, path);
  const keys = await Promise.all(key.map((path) => pinned(at(path))));
  const outsideHeads = heads === undefined ? [] : await readHeads(at(heads));
  const verification = new Verification({ digest, signedBy: signedByAnyOf(keys), outsideHeads });
  for await (const line of exportLines(at(file))) verification.take(line);
  const verdict = verification.finish();
  return { ...verdict, findings: [...verdict.findings] };
}

async function readHeads(path: string): Promise<Signed[]> {
  const lines = (await textOf(path)).split('\n').filter((line) => line !== '');
  return lines.map((line) => parseLine<Signed>(line, path));
}

async function pinned(path: string): Promise<KeyObject> {
  const text = await textOf(path);
  try {
    return createPublicKey(text);
  } catch (error) {
    throw new UsageError(`${path} holds no public key`, 'It is the PEM file signing.pub of a server.', error);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function signedByAnyOf(keys: readonly KeyObject[]): (signed: Signed) => boolean | undefined {
  const byId = new Map(keys.map((key) => [thumbprint(key), key]));
  return ({ body, keyId, signature }) => {
    const key = byId.get(keyId);
    return key && verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64url'));
  };
}

function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

async function show(session: Session, verdict: AuditVerdict): Promise<void> {
  if (isDocument(session.output)) return writeDocument(session.io.stdout, session.output, verdict);
  const { records, items, blocks, chains, heads, unsealed, youngerHeads, findings } = verdict;
  for (const { kind, message } of findings) session.print(oneLine(`${kind}: ${message}`));
  const seen = `${records} records of ${items} operations, ${blocks} blocks, ${chains} chains, ${heads} signed heads`;
  session.print(verdict.ok ? `verified: ${seen}` : `NOT VERIFIED (${findings.length} findings): ${seen}`);
  if (unsealed > 0) session.note(`${unsealed} records are not sealed yet: they are younger than a second`);
  if (youngerHeads > 0)
    session.note(`${youngerHeads} heads are younger than the export and say nothing of it`);
}
