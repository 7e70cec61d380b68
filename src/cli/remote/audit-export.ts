/** `capstan audit export`: to a file or a pipe, whole for a verifier, or narrowed for a security tool. */
import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import type { AuditLine, AuditRecordView } from '../../contract/audit.ts';
import { EXIT } from '../exit-codes.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { type AuditFlags, auditFilter, filterOptions } from './audit-filter.ts';
import { Unreachable } from './client-errors.ts';
import { save, writeAll } from './save.ts';

type Format = 'jsonl' | 'cef' | 'syslog';

interface ExportFlags extends AuditFlags {
  readonly format: Format;
  readonly to?: string;
}

export function exportVerb(shell: Shell): Command {
  const verb = new Command('export')
    .description(
      'Exports records. Without a filter, as jsonl, the export can be verified without the server.',
    )
    .addOption(
      new Option('--format <format>', 'jsonl; cef, or syslog (RFC 5424) around it, for other tools')
        .choices(['jsonl', 'cef', 'syslog'])
        .default('jsonl'),
    )
    .option('--to <file>', 'file to write; it appears when it is whole');
  for (const option of filterOptions()) verb.addOption(option);
  return verb.action(async (flags: ExportFlags, command: Command) => {
    const session = openSession(shell, command);
    const content = lines(await itemsOf(session, flags), formatter(flags.format, shell.version));
    if (flags.to === undefined || flags.to === '-') await writeAll(content, session.io.stdout);
    else session.note(`${flags.to}: ${await save(session, { bytes: undefined, content }, flags.to)} bytes`);
    shell.end(EXIT.done);
  });
}

/** A stream that breaks is not continued: half of an export would be there twice. */
async function itemsOf(session: Session, flags: ExportFlags): Promise<AsyncIterable<AuditLine>> {
  const client = await session.client();
  const onBreak = (error: Error) => {
    throw new Unreachable(`the export broke off: ${error.message}`);
  };
  return client.stream('audit.export', await auditFilter(flags, session), { onBreak });
}

type Formatter = (line: AuditLine) => Promise<string | undefined>;

function formatter(format: Format, version: string): Formatter {
  if (format === 'jsonl') return async (line) => JSON.stringify(line);
  return async (line) => {
    if (line.type !== 'record') return undefined;
    const { toCef, toSyslog } = await import('../output/siem.ts');
    const record = asRecord(line);
    return format === 'cef' ? toCef(record, version) : toSyslog(record, { version, host: hostname() });
  };
}

/** From a line of the export to the record as lists show it. */
function asRecord({ type: _, ...line }: AuditLine): AuditRecordView {
  const { items, at, height, place, ...rest } = line as unknown as Omit<AuditRecordView, 'items' | 'at'> & {
    readonly items: readonly string[];
    readonly at: number;
    readonly height?: number;
    readonly place?: number;
  };
  const block = height === undefined || place === undefined ? undefined : { height, place };
  return { ...rest, at: new Date(at).toISOString(), items: items.map((item) => JSON.parse(item)), block };
}

async function* lines(items: AsyncIterable<AuditLine>, format: Formatter): AsyncGenerator<Uint8Array> {
  for await (const item of items) {
    const line = await format(item);
    if (line !== undefined) yield Buffer.from(`${line}\n`);
  }
}
