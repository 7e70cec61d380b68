/** A log, remarks and results that there is no room for: a server goes on without, a command says so. */
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../src/main/log.ts';
import { mountSmall, unmount } from '../faults/strikes.ts';
import { ROOT, until } from './product.ts';

const BIN = join(ROOT, 'bin/capstan.js');

function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-room-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

interface Ready {
  readonly address: string;
  readonly keyFile: string;
}

describe('a server without room for its log', { timeout: 60_000 }, () => {
  test('and for what it says meanwhile runs jobs, and ends as it should', async () => {
    const home = aFolder();
    const data = join(home, 'data');
    mkdirSync(data, { mode: 0o700 });
    symlinkSync('/dev/full', join(data, 'capstan.log'));
    const env = { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: home };
    const up = spawn(process.execPath, [BIN, 'up', '--data', data, '--port', '0', '--output', 'json'], {
      env,
      stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
    });
    const ended = new Promise((resolve) => up.once('exit', resolve));
    onTestFinished(() => void up.kill('SIGKILL'));
    const line = await new Promise<string>((resolve, reject) => {
      up.stdout?.once('data', (text: Buffer) => resolve(text.toString()));
      void ended.then((code) => reject(new Error(`it ended with ${code}`)));
    });
    const { address, keyFile } = JSON.parse(line) as Ready;
    const client = { ...env, CAPSTAN_SERVER: address, CAPSTAN_KEY_FILE: keyFile };
    for (let time = 0; time < 3; time += 1) {
      const ran = spawnSync(process.execPath, [BIN, 'run', '--follow', '--', 'echo', 'here'], {
        env: client,
      });
      expect([ran.status, ran.stdout.toString()]).toEqual([0, expect.stringContaining('here')]);
    }
    up.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  const folder = mkdtempSync(join(tmpdir(), 'capstan-log-'));
  const disk = mountSmall(folder, 1);
  if ('skipped' in disk) {
    rmSync(folder, { recursive: true });
    console.log(`skipped: a log on a small file system: ${disk.skipped}`);
  }

  test.skipIf('skipped' in disk)(
    'writes whole lines again when there is room, and says how many were lost',
    async () => {
      onTestFinished(() => {
        unmount(folder);
        rmSync(folder, { recursive: true });
      });
      const to = join(folder, 'capstan.log');
      const log = openLog({ level: 'info', to });
      log.info({ n: -1 }, 'first');
      const ballast = join(folder, 'ballast');
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      for (let n = 0; n < 30_000; n += 1) log.info({ n }, 'while it is full');
      rmSync(ballast);
      const read = () =>
        readFileSync(to, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { msg: string; lines?: number });
      await until('there is room, and it says so', () => read().some(({ lines }) => lines !== undefined));
      log.info('as before');
      const lines = read();
      const kept = lines.filter(({ msg }) => msg === 'while it is full').length;
      expect([lines[0]?.msg, lines.at(-1)?.msg]).toEqual(['first', 'as before']);
      expect(kept + (lines.at(-2)?.lines ?? 0)).toBe(30_000);
    },
  );
});

describe('a command without room', () => {
  test.each([
    { what: 'for its result says so and ends with 2', to: 'stdout', code: 2 },
    { what: 'for its remarks ends as if they had been read', to: 'stderr', code: 0 },
  ])('$what', ({ to, code }) => {
    const full = openSync('/dev/full', 'w');
    const stdio = ['ignore', to === 'stdout' ? full : 'pipe', to === 'stderr' ? full : 'pipe'] as const;
    const ran = spawnSync(process.execPath, [BIN, 'version', '--client'], { stdio: [...stdio] });
    expect(ran.status).toBe(code);
    if (to === 'stdout') expect(String(ran.stderr)).toMatch(/^error: the output can not be written: ENOSPC/);
  });
});
