/** The retry example fails as often as it says, counting over attempts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory, startGang } from '../testing/gang.ts';

const FLAKY = [process.execPath, join(import.meta.dirname, 'flaky.mjs')];

async function attempt(env: Record<string, string>): Promise<number | null> {
  const [member] = await startGang({ argv: FLAKY, world: 1, env });
  return (await member!.exit).code;
}

test('fails twice, then succeeds and writes its report', async () => {
  const directory = scratchDirectory();
  const report = join(directory, 'out/report.json');
  const env = { CAPSTAN_CHECKPOINT_PATH: join(directory, 'state'), CAPSTAN_OUTPUT_REPORT: report };
  expect([await attempt(env), await attempt(env), await attempt(env)]).toEqual([75, 75, 0]);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({ attempts: 3, failures: 2 });
});

test('without a directory to count in exits 2', async () => {
  expect(await attempt({})).toBe(2);
});
