import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptRef } from '../../core/job/attempt.ts';
import type { FileChunk } from '../../ports/runner.ts';
import {
  aMember,
  anAttempt,
  ended,
  readAll,
  runToEnd,
  said,
} from '../../ports/testing/runner-conformance.ts';
import { attemptDir, layoutOf, logDir } from './layout.ts';
import { readPss } from './procfs.ts';
import { aProcessRunner, type ProcessRunnerUnderTest, shimOf, until } from './testing/fixture.ts';

const MIB = 2 ** 20;
const FILE = { kind: 'log', role: 'worker', index: 0 } as const;

let under: ProcessRunnerUnderTest;

beforeAll(async () => {
  under = await aProcessRunner({ logCapBytes: MIB });
});
afterAll(() => under.close());

/** A member that runs a program for Node. */
const node = (program: string) =>
  anAttempt([], { members: [aMember('', { argv: [process.execPath, '-e', program] })] });

const textOf = (chunks: readonly FileChunk[]): Buffer => Buffer.concat(chunks.map(({ bytes }) => bytes));

/** What the member wrote, put together again from the parts. */
function payload(log: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < log.length; ) {
    const header = /^\S+ std(?:out|err) ([FP]) /.exec(log.toString('latin1', at, at + 60))!;
    const from = at + header[0].length;
    const end = log.indexOf(10, from);
    pieces.push(log.subarray(from, header[1] === 'F' ? end + 1 : end));
    at = end + 1;
  }
  return Buffer.concat(pieces);
}

async function bytesOnDisk(ref: AttemptRef): Promise<number> {
  const dir = logDir(layoutOf(attemptDir(under.root, ref)), FILE);
  const sizes = await Promise.all(
    (await readdir(dir)).map(async (name) => (await stat(join(dir, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe("a member's log", { timeout: 30_000 }, () => {
  test('holds any bytes as they were written', async () => {
    const spec = node(
      'process.stdout.write(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256)))',
    );
    await runToEnd(under.runner, spec);
    const want = Buffer.from([...Array.from({ length: 4096 }, (_, i) => (i * 7) % 256), 10]);
    expect(payload(textOf(await readAll(under.runner, spec.ref, FILE))).equals(want)).toBe(true);
  });

  test('holds a line of half a MiB, in parts', async () => {
    const spec = node('process.stdout.write("x".repeat(2 ** 19) + "\\nlast")');
    await runToEnd(under.runner, spec);
    const log = textOf(await readAll(under.runner, spec.ref, FILE));
    expect(payload(log).toString()).toBe(`${'x'.repeat(2 ** 19)}\nlast\n`);
    const lines = log.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(33);
    expect(lines.filter((line) => line.includes(' stdout P '))).toHaveLength(31);
  });

  test('keeps the two streams apart', async () => {
    const spec = anAttempt(['echo out; echo err >&2']);
    await runToEnd(under.runner, spec);
    const log = String(textOf(await readAll(under.runner, spec.ref, FILE)));
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z`;
    expect(log).toMatch(new RegExp(`^${time} stdout F out$`, 'm'));
    expect(log).toMatch(new RegExp(`^${time} stderr F err$`, 'm'));
  });

  test('of 64 MiB stays within its cap of 1 MiB, and says what was dropped', async () => {
    const line = `${'y'.repeat(1023)}\n`;
    const spec = anAttempt(['yes "$LINE" | head -c 67108864'], {});
    const member = aMember('yes "$LINE" | head -c 67108864', { env: { LINE: line.trim() } });
    await runToEnd(under.runner, { ...spec, members: [member] });
    expect(await bytesOnDisk(spec.ref)).toBeLessThanOrEqual(MIB);
    const chunks = await readAll(under.runner, spec.ref, FILE);
    const written = 65_536 * (line.length + 40);
    const last = chunks.at(-1)!;
    expect(last.offset + last.bytes.length).toBe(written);
    const [marker, ...lines] = textOf(chunks).toString().trimEnd().split('\n');
    const [, dropped] = / stderr F capstan: (\d+) bytes dropped here: the log is capped at 1 MiB$/.exec(
      marker!,
    )!;
    expect(Number(dropped)).toBe(written - lines.length * (line.length + 40));
    expect(new Set(lines.map((text) => text.slice(40)))).toEqual(new Set([line.trim()]));
    expect(chunks[0]!.offset + marker!.length + 1).toBe(Number(dropped));
  });

  test('costs the shim no memory, however much is written', async () => {
    const spec = anAttempt(['yes | head -c 4000000; echo done; exec sleep 600']);
    await under.runner.start(spec);
    const shim = await shimOf(under.root, spec.ref);
    await readUntilSaid(spec.ref, 'done');
    expect(readPss(shim.pid)).toBeLessThan(120 * MIB);
    await under.runner.stop(spec.ref, { graceMs: 5000, why: 'the test is over' });
    await ended(under.runner, spec.ref);
  });

  test('is not at its end while the member lives, even if it has closed its output', async () => {
    const spec = anAttempt(['echo ready; exec sleep 600 > /dev/null 2>&1']);
    await under.runner.start(spec);
    const { bytes } = await said(under.runner, spec.ref, 'ready');
    const rest = { offset: bytes.length, limit: 100 };
    const { journal } = layoutOf(attemptDir(under.root, spec.ref));
    await until(async () => (await readFile(journal, 'utf8')).includes('"log-closed"'));
    expect(await under.runner.read(spec.ref, FILE, rest)).toMatchObject({ eof: false });
    await under.runner.stop(spec.ref, { graceMs: 5000, why: 'the test is over' });
    await ended(under.runner, spec.ref);
    expect(await under.runner.read(spec.ref, FILE, rest)).toMatchObject({ offset: rest.offset, eof: true });
  });
});

/** Reads on from wherever the log has got to. */
async function readUntilSaid(ref: AttemptRef, text: string): Promise<void> {
  for (let offset = 0; ; ) {
    const chunk = await under.runner.read(ref, FILE, { offset, limit: MIB });
    if (Buffer.from(chunk.bytes).includes(text)) return;
    offset = chunk.offset + chunk.bytes.length;
    if (chunk.bytes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
