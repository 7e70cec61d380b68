import { describe, expect, test } from 'vitest';
import type { AuditRecordView } from '../../contract/audit.ts';
import { toCef, toSyslog } from './siem.ts';

const record: AuditRecordView = {
  id: 7,
  at: '2026-01-05T12:00:00.000Z',
  principal: 'key/ci',
  kind: 'key',
  operation: 'job.submit',
  effect: 'change',
  outcome: 'done',
  project: 'vision',
  count: 2,
  items: [{ name: 'a', address: '192.0.2.7' }, { name: 'b' }],
  digest: 'd1',
  chain: 'here',
  block: { height: 3, place: 0 },
};

describe('an audit record', () => {
  test('as CEF says who did what to what', () => {
    expect(toCef(record, '1.2')).toBe(
      'CEF:0|Capstan|Capstan|1.2|job.submit|change job.submit|3|rt=1767614400000 externalId=7 suser=key/ci act=job.submit outcome=done cnt=2 src=192.0.2.7 cs1=vision cs1Label=project cs2=a,b cs2Label=targets cs3=d1 cs3Label=itemsDigest cs4=here/3/0 cs4Label=block',
    );
  });

  test.each([
    { what: 'a pipe in the head', change: { operation: 'a|b' }, want: '|a\\|b|' },
    { what: 'an equals sign in a value', change: { principal: 'user/a=b' }, want: 'suser=user/a\\=b' },
    {
      what: 'a line break in a value',
      change: { principal: 'a\nCEF:0|forged' },
      want: 'suser=a\\nCEF:0|forged',
    },
    { what: 'a line break in the head', change: { operation: 'a\nb' }, want: '|a b|' },
    { what: 'a backslash', change: { principal: 'a\\b' }, want: 'suser=a\\\\b' },
  ])('as CEF escapes $what', ({ change, want }) => {
    expect(toCef({ ...record, ...change }, '1.2')).toContain(want);
  });

  test.each([
    { effect: 'change', want: '<109>1 2026-01-05T12:00:00.000Z server-1 capstan - job.submit - CEF:0|' },
    { effect: 'refusal', want: '<108>1 ' },
  ])('of a $effect is framed as syslog', ({ effect, want }) => {
    expect(toSyslog({ ...record, effect }, { version: '1.2', host: 'server-1' }).startsWith(want)).toBe(true);
  });
});
