/** The lines of an export: a whole one begins with everything sealed under a fresh head, and ends signed. */
import type { ExportLine } from '../../core/audit/export-line.ts';
import { headBody, readBody } from '../../core/audit/signed.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';
import type { Ports } from '../../ports/index.ts';

type AuditPorts = Pick<Ports, 'auditLog' | 'auditKeys' | 'clock'>;

export async function* wholeLines(ports: AuditPorts): AsyncGenerator<ExportLine> {
  await sealNow(ports);
  yield* linesAsTheyAre(ports);
}

/** The same without sealing or signing a head: of a store that may yet be thrown away. */
export function linesAsTheyAre(ports: AuditPorts): AsyncGenerator<ExportLine> {
  return ended(ports, { filtered: false }, ports.auditLog.lines());
}

/** Records alone, newest first: to be read, not to be verified. */
export async function* filteredLines(ports: AuditPorts, filter: AuditFilter): AsyncGenerator<ExportLine> {
  yield* ended(ports, { filtered: true }, matching(ports, filter));
}

async function* ended(
  { auditLog, auditKeys, clock }: AuditPorts,
  how: { readonly filtered: boolean },
  content: AsyncIterable<ExportLine>,
): AsyncGenerator<ExportLine> {
  const at = clock.now();
  const head = await lastKept(auditKeys);
  yield { type: 'begin', version: 1, at, epoch: await auditLog.epoch(), ...how };
  let lines = 1;
  for await (const line of content) {
    yield line;
    lines += 1;
  }
  yield { ...auditKeys.sign(JSON.stringify({ type: 'end', at, lines, head })), type: 'end' };
}

const PAGE = 500;

async function* matching({ auditLog }: AuditPorts, filter: AuditFilter): AsyncGenerator<ExportLine> {
  let cursor: string | undefined;
  do {
    const page = await auditLog.list(filter, { cursor, limit: PAGE });
    for (const record of page.items) yield { type: 'record', ...record };
    cursor = page.next;
  } while (cursor !== undefined);
}

async function sealNow({ auditLog, auditKeys, clock }: AuditPorts): Promise<void> {
  while ((await auditLog.seal(clock.now())) > 0);
  const signed = await auditLog.addHead(({ previous, ...basis }) =>
    auditKeys.sign(headBody({ ...basis, at: clock.now() }, previous, auditKeys.digest)),
  );
  if (signed) await auditKeys.note(signed);
}

/** Number of the last head that is kept outside the database; 0 without one. */
async function lastKept(keys: AuditPorts['auditKeys']): Promise<number> {
  const last = (await keys.noted()).at(-1);
  return (last && readBody(last, 'head')?.number) ?? 0;
}
