import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { LiveConfig } from './live.ts';
import type { Settings } from './schema.ts';

interface Scene extends Disposable {
  write(text: string): void;
  load(): Promise<LiveConfig>;
  reload(config: LiveConfig): Promise<void>;
  readonly applied: Settings[];
  readonly logged: Record<string, unknown>[];
}

function scene(): Scene {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-config-'));
  const path = join(dir, 'capstan.yaml');
  const applied: Settings[] = [];
  const logged: Record<string, unknown>[] = [];
  const into = new Writable({
    write: (line: Buffer, _encoding, done) => {
      logged.push(JSON.parse(line.toString()));
      done();
    },
  });
  const log = pino({ base: null }, into);
  return {
    applied,
    logged,
    write: (text) => writeFileSync(path, text),
    load: () => LiveConfig.load({ flags: { config: path }, env: {}, cwd: dir }),
    reload: (config) => config.reload((settings) => void applied.push(settings), log),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}

describe('a configuration that is read again', () => {
  test('is taken over, and says what was and what needs a restart', async () => {
    using at = scene();
    at.write('port: 1\nlogLevel: info\n');
    const config = await at.load();
    at.write('port: 2\nlogLevel: debug\nlimits: {readBurst: 5}\n');
    await at.reload(config);
    expect(at.applied).toMatchObject([{ logLevel: 'debug', limits: { readBurst: 5 } }]);
    expect(at.logged).toMatchObject([
      { settings: ['port'], msg: 'these settings changed and need a restart' },
      { settings: ['logLevel', 'limits.readBurst'] },
    ]);
    expect(config.settings.port).toBe(2);
  });

  test('is told again to need a restart, until that is done', async () => {
    using at = scene();
    at.write('port: 1\n');
    const config = await at.load();
    at.write('port: 2\n');
    await at.reload(config);
    await at.reload(config);
    expect(at.logged.filter(({ settings }) => String(settings) === 'port')).toHaveLength(2);
  });

  test.each([
    { what: 'that is not valid', text: 'port: x\n' },
    { what: 'that is no YAML', text: 'port: [\n' },
  ])('$what changes nothing, and is told', async ({ text }) => {
    using at = scene();
    at.write('logLevel: warn\n');
    const config = await at.load();
    at.write(text);
    await at.reload(config);
    expect(at.applied).toEqual([]);
    expect(at.logged).toMatchObject([{ level: 50, problems: [{}] }]);
    expect(config.settings.logLevel).toBe('warn');
  });
});
