/** `capstan audit findings`: of a FILE it needs no server, only an export; without one, the server looks. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { AuditFindings } from '../../contract/audit.ts';
import { findPatterns } from '../../core/audit/patterns/patterns.ts';
import type { AuditRecord } from '../../core/audit/record.ts';
import { EXIT } from '../exit-codes.ts';
import { moment } from '../moment.ts';
import { findingRows } from '../output/audit-findings.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { exportLines } from './export-file.ts';

type Online = (session: Session, since: string | undefined) => Promise<AuditFindings>;

/** @param online how a server is asked */
export function auditFindingsVerb(shell: Shell, online: Online): Command {
  return new Command('findings')
    .description(
      'Finds unusual access: denied bursts, probing, new places, unusual reads. Of an export it needs no server; verify that first.',
    )
    .argument('[file]', 'an export as `capstan audit export` wrote it')
    .option('--since <when>', 'found from then on: a time, or a duration ago (default 1d; of a file: all)')
    .action(async (file: string | undefined, { since }: { since?: string }, command: Command) => {
      const session = openSession(shell, command);
      const found = file === undefined ? await online(session, since) : await ofFile(session, file, since);
      await show(session, found);
      shell.end(found.items.length === 0 ? EXIT.done : EXIT.jobFailed);
    });
}

async function ofFile(session: Session, file: string, since: string | undefined): Promise<AuditFindings> {
  const from = await moment('--since', since, session.io.now());
  const records: AuditRecord[] = [];
  for await (const line of exportLines(resolve(session.io.cwd, file)))
    if (line.type === 'record') records.push(line);
  const after = from === undefined ? 0 : Date.parse(from);
  const found = findPatterns(records).filter(({ at }) => at >= after);
  const items = found.map((one) => ({ ...one, at: new Date(one.at).toISOString() }));
  return { items, since: new Date(after).toISOString(), records: records.length, complete: true };
}

async function show(session: Session, found: AuditFindings): Promise<void> {
  if (isDocument(session.output)) return writeDocument(session.io.stdout, session.output, found);
  if (found.items.length > 0) session.print(findingRows(found));
  else session.print(`nothing unusual in ${found.records} records`);
  if (!found.complete)
    session.note(`only the newest ${found.records} records were looked at: export and look at the file`);
}
