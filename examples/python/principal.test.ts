/** The Python example against the definition of what it computes, and with a member killed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDigits, PIXELS } from '../digits-ddp/data.mjs';
import { scratchDirectory, startGang } from '../testing/gang.ts';

const PRINCIPAL = ['python3', '-B', join(import.meta.dirname, 'principal.py')];
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

/** Largest difference between (covariance × direction) and (variance × direction): 0 for an eigenvector. */
function residual(direction: readonly number[], variance: number): number {
  const { count, pixels } = loadDigits();
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(pixels.subarray(i * PIXELS, (i + 1) * PIXELS), (value) => value * 16),
  );
  const mean = direction.map((_, p) => rows.reduce((sum, row) => sum + row[p]!, 0) / count);
  const product = direction.map(() => 0);
  for (const row of rows) {
    const along = row.reduce((sum, value, p) => sum + (value - mean[p]!) * direction[p]!, 0);
    for (let p = 0; p < PIXELS; p++) product[p]! += ((row[p]! - mean[p]!) * along) / count;
  }
  return Math.max(...product.map((value, p) => Math.abs(value - variance * direction[p]!)));
}

describe.skipIf(!hasPython)('the gang in Python', () => {
  test.each([
    { world: 3, ranks: [2, 1, 0] },
    { world: 1, ranks: [0] },
  ])('of $world finds the first principal component', async ({ world, ranks }) => {
    const output = join(scratchDirectory(), 'made/component.json');
    const env = { CAPSTAN_OUTPUT_COMPONENT: output };
    const members = await startGang({ argv: PRINCIPAL, world, ranks, env });
    for (const member of members) expect(await member.exit, member.output()).toMatchObject({ code: 0 });
    const { component, variance, share_of_variance, examples } = JSON.parse(readFileSync(output, 'utf8'));
    expect(examples).toBe(1797);
    expect(share_of_variance).toBeCloseTo(0.1489, 4);
    expect(residual(component, variance)).toBeLessThan(1e-4);
  });

  test.each([0, 2])('ends when rank %i is killed, and names it', async (rank) => {
    const members = await startGang({ argv: PRINCIPAL, world: 3 });
    await members[0]!.event('step');
    members[rank]!.kill('SIGKILL');
    for (const member of members.filter((one) => one.rank !== rank)) {
      expect(await member.exit, member.output()).toMatchObject({ code: 1 });
      expect(member.events().at(-1)).toMatchObject({ event: 'error', lost_rank: rank });
    }
  });
});
