/** `capstan audit`: what was done and by whom. `verify FILE` needs no server; it is added by the program. */
import { Command } from 'commander';
import type { AuditFindings, AuditRecordView, AuditVerdict } from '../../contract/audit.ts';
import { EXIT } from '../exit-codes.ts';
import { moment } from '../moment.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { exportVerb } from './audit-export.ts';
import { type AuditFlags, auditFilter, filterOptions } from './audit-filter.ts';
import { limitOption } from './options.ts';
import { readPages } from './pages.ts';

export function auditVerb(shell: Shell): Command {
  return new Command('audit')
    .summary('list, export and verify what was done')
    .description(
      'The audit: every change, sign-in and refusal, sealed so that no record can be altered unseen.',
    )
    .addCommand(listVerb(shell))
    .addCommand(exportVerb(shell))
    .addCommand(headsVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan audit list --principal key/ci --since 1d
  capstan audit export --to audit.jsonl
  capstan audit verify audit.jsonl --key signing.pub --heads audit-heads.jsonl    without a server
  capstan audit verify                                                           by the server itself
  capstan audit findings --since 7d                                              what was unusual`,
    );
}

function listVerb(shell: Shell): Command {
  const verb = new Command('list').description('Lists records, the newest first.').addOption(limitOption());
  for (const option of filterOptions()) verb.addOption(option);
  return verb.action(async (flags: AuditFlags & { limit: number }, command: Command) => {
    const session = openSession(shell, command);
    const client = await session.client();
    const filter = await auditFilter(flags, session);
    const { items, more } = await readPages(
      (page) => client.call('audit.list', { ...filter, ...page }),
      flags.limit,
    );
    if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, items);
    else if (items.length === 0) session.note('no records found');
    else
      session.print(
        columns([
          ['TIME', 'PRINCIPAL', 'OPERATION', 'COUNT', 'PROJECT', 'TARGET', 'OUTCOME'],
          ...items.map(rowOf),
        ]),
      );
    if (more) session.note(`only ${items.length} are shown; --limit 0 shows all`);
    shell.end(EXIT.done);
  });
}

function rowOf({ at, principal, operation, count, project, items, outcome }: AuditRecordView): string[] {
  const [first] = items;
  const more = items.length > 1 ? ` +${items.length - 1}` : '';
  return [
    at,
    principal,
    operation,
    String(count),
    project ?? '-',
    `${first?.name ?? '-'}${more}`,
    outcome,
  ].map(oneLine);
}

function headsVerb(shell: Shell): Command {
  return new Command('heads')
    .description('Lists the signed heads over all chains, the newest first, and the key that signs them.')
    .addOption(limitOption())
    .option('--public-key', "print the server's public key alone: what a verifier pins")
    .action(async ({ limit, publicKey }: { limit: number; publicKey?: boolean }, command: Command) => {
      const session = openSession(shell, command);
      await showHeads(session, limit, publicKey ?? false);
      shell.end(EXIT.done);
    });
}

async function showHeads(session: Session, limit: number, keyAlone: boolean): Promise<void> {
  const client = await session.client();
  let key = '';
  const { items } = await readPages(
    async (page) => {
      const answer = await client.call('audit.heads', page);
      key = answer.publicKey;
      return answer;
    },
    keyAlone ? 1 : limit,
  );
  if (keyAlone) session.print(key.trimEnd());
  else if (isDocument(session.output))
    await writeDocument(session.io.stdout, session.output, { items, publicKey: key });
  else {
    const rows = items.map(({ number, at, chains, keyId }) => [
      String(number),
      at,
      String(chains.length),
      keyId,
    ]);
    session.print(columns([['HEAD', 'TIME', 'CHAINS', 'KEY'], ...rows]));
  }
}

/** Asks the server what is out of the ordinary. */
export async function findOnServer(session: Session, since: string | undefined): Promise<AuditFindings> {
  const client = await session.client();
  return client.call('audit.findings', { since: await moment('--since', since, session.io.now()) });
}

/** Asks the server to verify its own database. */
export async function verifyOnServer(session: Session): Promise<AuditVerdict> {
  const client = await session.client();
  return client.call('audit.verify', {});
}
