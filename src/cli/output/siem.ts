/** Audit records as security tools read them: CEF, and syslog (RFC 5424) around it. */
import type { AuditRecordView } from '../../contract/audit.ts';

/** https://www.microfocus.com/documentation/arcsight/ "Common Event Format", version 0 */
export function toCef(record: AuditRecordView, version: string): string {
  const { operation, effect } = record;
  const head = ['CEF:0', 'Capstan', 'Capstan', version, operation, `${effect} ${operation}`].map(escapeHead);
  return `${head.join('|')}|${severityOf(record)}|${extensionOf(record)}`;
}

/** One record as a syslog message without its end of line. Facility 13: log audit. */
export function toSyslog(
  record: AuditRecordView,
  { version, host }: { version: string; host: string },
): string {
  const priority = 13 * 8 + (record.effect === 'refusal' ? 4 : 5);
  return `<${priority}>1 ${record.at} ${host} capstan - ${record.operation} - ${toCef(record, version)}`;
}

/** 0 to 10. */
function severityOf({ effect, operation }: AuditRecordView): number {
  if (effect === 'refusal') return 6;
  if (effect === 'sign-in' || /\.(delete|revoke|rotate)$/.test(operation)) return 5;
  return effect === 'read' ? 2 : 3;
}

function extensionOf(record: AuditRecordView): string {
  const [first = {}] = record.items;
  const targets = record.items.map(({ name, uid }) => name ?? uid).filter((name) => name !== undefined);
  const fields: readonly (readonly [string, unknown])[] = [
    ['rt', Date.parse(record.at)],
    ['externalId', record.id],
    ['suser', record.principal],
    ['act', record.operation],
    ['outcome', record.outcome],
    ['cnt', record.count],
    ['src', first.address],
    ['cs1', record.project],
    ['cs1Label', record.project === undefined ? undefined : 'project'],
    ['cs2', targets.length > 0 ? targets.slice(0, 20).join(',') : undefined],
    ['cs2Label', targets.length > 0 ? 'targets' : undefined],
    ['cs3', record.digest],
    ['cs3Label', 'itemsDigest'],
    ['cs4', record.block && `${record.chain}/${record.block.height}/${record.block.place}`],
    ['cs4Label', record.block && 'block'],
  ];
  return fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}`)
    .join(' ');
}

function escapeHead(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('=', '\\=').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
