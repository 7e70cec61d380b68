import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataDirHeld } from './errors.ts';
import { openDataHome } from './open-data-home.ts';
import { identityOf, stillLives } from './process-identity.ts';
import { scratchPlace, startHolder } from './testing/scratch-place.ts';

const NOON = new Date('2026-03-01T12:00:00Z');

describe.concurrent('a data directory', { timeout: 30_000 }, () => {
  test('is refused to a second instance of this process, naming who holds it and since when', async () => {
    await using place = await scratchPlace();
    const options = { ...place.options(join(place.open, 'data')), now: () => NOON };
    const home = await openDataHome(options);
    const refusal = await openDataHome(options).catch((error: unknown) => error);
    await home.close();
    expect(refusal).toBeInstanceOf(DataDirHeld);
    expect(refusal).toMatchObject({ code: 'DataDirHeld', pid: process.pid, since: NOON });
    expect(String(refusal)).toContain(`in use by process ${process.pid} since 2026-03-01T12:00:00.000Z`);
  });

  test('stays refused after a refusal', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const home = await openDataHome(options);
    for (const turn of [1, 2]) {
      await expect(openDataHome(options), `turn ${turn}`).rejects.toThrow(DataDirHeld);
    }
    const other = await startHolder(options);
    await other.kill();
    await home.close();
    expect(other).toMatchObject({ held: false, pid: process.pid });
  });

  test('is refused while another process has it, and free the moment that process is killed', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const holder = await startHolder(options);
    const refusal = await openDataHome(options).catch((error: unknown) => error);
    await holder.kill();
    await (await openDataHome(options)).close();
    expect(refusal).toMatchObject({ code: 'DataDirHeld', pid: holder.pid });
  });

  test('goes to exactly one of many starters, after a crash as well', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    await (await startHolder(options)).kill();
    const starters = await Promise.all(Array.from({ length: 5 }, () => startHolder(options)));
    for (const starter of starters) await starter.kill();
    await (await openDataHome(options)).close();
    const winners = starters.filter(({ held }) => held);
    expect(winners).toHaveLength(1);
    expect(starters.map(({ pid }) => pid)).toEqual(starters.map(() => winners[0]!.pid));
  });

  test.each([
    { note: 'a pid that another process has now', text: JSON.stringify({ pid: process.pid, startTicks: 1 }) },
    { note: 'a process of before the last boot', text: JSON.stringify({ pid: process.pid, bootId: 'old' }) },
    { note: 'nothing that can be read', text: '{"pid":' },
  ])('is free when its note names $note', async ({ text }) => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'data');
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), '');
    await writeFile(join(dir, 'holder.json'), text);
    const home = await openDataHome(place.options(dir));
    const note = JSON.parse(await readFile(join(dir, 'holder.json'), 'utf8')) as { since: string };
    await home.close();
    expect(note).toMatchObject({ ...identityOf(process.pid), since: home.lock.since.toISOString() });
  });

  test('can be opened again after it was closed, and closing twice is harmless', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const first = await openDataHome(options);
    await first.close();
    await first.close();
    const second = await openDataHome(options);
    await first.close();
    await expect(openDataHome(options)).rejects.toThrow(DataDirHeld);
    await second.close();
  });

  test('is free again when opening it failed half way', async () => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'data');
    await mkdir(dir);
    await writeFile(join(dir, 'blobs'), 'in the way');
    const refusal = openDataHome(place.options(dir));
    await expect(refusal).rejects.toMatchObject({ code: 'DataDirUnusable' });
    await rm(join(dir, 'blobs'));
    await (await openDataHome(place.options(dir))).close();
  });

  test('is held by no child that its holder started', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const home = await openDataHome(options);
    const links = execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
    await home.close();
    expect(links).not.toContain(join(home.dir, 'lock'));
  });
});

describe.concurrent('a process that was written down', () => {
  const me = identityOf(process.pid);
  test.each([
    { is: 'this one', known: me, want: true },
    { is: 'one that started at another time', known: { ...me, startTicks: 1 }, want: false },
    { is: 'one of another boot', known: { ...me, bootId: 'other' }, want: false },
    { is: 'one whose pid nobody has', known: { pid: 2 ** 22 + 1 }, want: false },
  ])('lives: $want, when it is $is', ({ known, want }) => {
    expect(stillLives(known)).toBe(want);
  });
});
