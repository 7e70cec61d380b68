import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { ExportLine } from './export-line.ts';
import type { AuditRecord } from './record.ts';
import { AT, aRecord, aTrail, Signer, sha256, type Trail, verified, whole } from './testing/trail.ts';

type Manipulate = (content: ExportLine[], trail: Trail) => ExportLine[];

const isRecord = (id: number) => (line: ExportLine) => line.type === 'record' && line.id === id;
const isBlock = (chain: string, height: number) => (line: ExportLine) =>
  line.type === 'block' && line.chain === chain && line.height === height;
const without = (content: ExportLine[], is: (line: ExportLine) => boolean) =>
  content.filter((line) => !is(line));
const changed = (content: ExportLine[], id: number, change: Partial<AuditRecord>) =>
  content.map(
    (line): ExportLine => (line.type === 'record' && line.id === id ? { ...line, ...change } : line),
  );

/** The manipulator has the database and may write any export, but has no signing key: the end is made anew. */
function manipulated(how: Manipulate, outside = false) {
  const trail = aTrail();
  const content = how([...trail.lines.slice(1, -1)], trail);
  const { findings } = verified(whole(trail.signer, content), trail.signer, outside ? trail.heads : []);
  return findings.map(({ kind, chain, height, record, head }) => ({ kind, chain, height, record, head }));
}

describe('an audit trail', () => {
  test('that nobody touched is found whole, with what it has', () => {
    const { signer, lines, heads } = aTrail();
    expect(verified(lines, signer, heads)).toEqual({
      ok: true,
      findings: [],
      chains: 2,
      blocks: 5,
      records: 9,
      items: 9,
      heads: 5,
      unsealed: 0,
      youngerHeads: 0,
    });
  });

  test.each<{ what: string; how: Manipulate; want: object[]; outside?: boolean }>([
    {
      what: 'an altered principal',
      how: (all) => changed(all, 4, { principal: 'key/eve' }),
      want: [{ kind: 'altered-record', chain: 'a', height: 2, record: 4 }],
    },
    {
      what: 'altered items',
      how: (all) => changed(all, 4, { items: ['{"name":"other"}'] }),
      want: [{ kind: 'altered-record', chain: 'a', height: 2, record: 4 }],
    },
    {
      what: 'altered items with their digest',
      how: (all) => changed(all, 4, { items: ['{}'], digest: sha256('{}') }),
      want: [{ kind: 'altered-record', chain: 'a', height: 2, record: 4 }],
    },
    {
      what: 'a deleted record',
      how: (all) => without(all, isRecord(4)),
      want: [{ kind: 'deleted-record', chain: 'a', height: 2 }],
    },
    {
      what: 'an inserted record',
      how: (all) => {
        const at = all.findIndex(isRecord(4));
        return all.toSpliced(at, 0, { type: 'record', ...aRecord(99, 'a'), height: 2, place: 1 });
      },
      want: [{ kind: 'inserted-record', chain: 'a', height: 2, record: 99 }],
    },
    {
      what: 'two records that changed places',
      how: (all) => changed(changed(all, 4, { place: 2 }), 5, { place: 1 }),
      want: [
        { kind: 'reordered-record', chain: 'a', height: 2, record: 4 },
        { kind: 'reordered-record', chain: 'a', height: 2, record: 5 },
      ],
    },
    {
      what: 'a cut tail: the last block with its record',
      how: (all) => without(without(all, isBlock('a', 3)), isRecord(6)),
      want: [{ kind: 'cut-tail', chain: 'a', height: 3, head: 5 }],
    },
    {
      what: 'a cut tail with the heads over it, by the heads kept outside',
      how: (all) =>
        without(without(all, isBlock('b', 2)), (line) => isRecord(8)(line) || isRecord(9)(line)).filter(
          (line) => !(line.type === 'head' && line.body.includes('"number":5')),
        ),
      want: [
        { kind: 'missing-heads', head: 5 },
        { kind: 'cut-tail', chain: 'b', height: 2, head: 5 },
      ],
      outside: true,
    },
    {
      what: 'a missing chain',
      how: (all) =>
        without(all, (line) => (line.type === 'block' || line.type === 'record') && line.chain === 'b'),
      want: [{ kind: 'missing-chain', chain: 'b', height: 2, head: 5 }],
    },
    {
      what: 'a block in the middle that is gone',
      how: (all) => without(all, isBlock('a', 2)),
      want: [
        ...[3, 4, 5].map((record) => ({ kind: 'inserted-record', chain: 'a', height: 2, record })),
        { kind: 'missing-block', chain: 'a', height: 2 },
      ],
    },
    {
      what: 'a head that somebody else signed',
      how: (all) =>
        all.map((line) =>
          line.type === 'head' && line.body.includes('"number":3')
            ? { ...line, ...new Signer('k1').sign(line.body) }
            : line,
        ),
      want: [{ kind: 'bad-signature' }, { kind: 'missing-heads', head: 4 }],
    },
    {
      what: 'heads that are all gone',
      how: (all) => without(all, (line) => line.type === 'head'),
      want: [{ kind: 'missing-heads' }],
    },
  ])('with $what is found out, and where', ({ how, want, outside }) => {
    const all = ['kind', 'chain', 'height', 'record', 'head'];
    const full = want.map((one) =>
      Object.fromEntries(all.map((key) => [key, (one as Record<string, unknown>)[key]])),
    );
    expect(manipulated(how, outside)).toEqual(full);
  });

  test('without its end is not whole', () => {
    const { signer, lines } = aTrail();
    expect(verified(lines.slice(0, -1), signer).findings.map(({ kind }) => kind)).toEqual(['broken-export']);
  });

  test('whose key is not pinned proves nothing', () => {
    const { lines } = aTrail();
    const kinds = new Set(verified(lines, new Signer('other')).findings.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['unknown-key']));
  });

  test('is not judged by heads that are younger than it', () => {
    const { signer, lines, heads } = aTrail();
    const younger = signer.sign(
      JSON.stringify({
        type: 'head',
        number: 6,
        at: AT + 1,
        epoch: 'e1',
        chains: [{ chain: 'c', height: 1, hash: 'x' }],
        previous: 'y',
      }),
    );
    expect(verified(lines, signer, [...heads, younger])).toMatchObject({ ok: true, youngerHeads: 1 });
  });

  property.prop([
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    fc.nat(),
    fc.constantFrom('principal', 'operation', 'outcome', 'chain', 'digest', 'at', 'id', 'count'),
  ])('shows a change of any field of any record', (sizes, pick, field) => {
    const trail = aTrail({ a: sizes });
    const records = trail.lines.flatMap((line, index) => (line.type === 'record' ? [index] : []));
    const index = records[pick % records.length]!;
    const line = trail.lines[index] as ExportLine & AuditRecord;
    const value = typeof line[field] === 'number' ? Number(line[field]) + 1 : `${line[field]}x`;
    const lines = trail.lines.with(index, { ...line, [field]: value } as ExportLine);
    expect(verified(lines, trail.signer).ok).toBe(false);
  });
});
