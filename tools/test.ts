/**
 * `npm test`: the whole suite that needs no cluster. Arguments go to vitest (`npm test -- src/core`).
 * Ends with a line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'capstan-test-'));
const report = join(folder, 'report.json');
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const { status } = spawnSync('vitest', args, { stdio: 'inherit' });
const counts = countsOf(report);
rmSync(folder, { recursive: true });
// A file that could not be loaded, or an error outside of any test, fails the run without a failed test.
const failed = status === 0 ? counts.failed : Math.max(1, counts.failed);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
process.exit(status === 0 && counts.passed > 0 ? 0 : 1);

function countsOf(path: string): { passed: number; failed: number; skipped: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(path, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    // Vitest ended before it could write: that is one failure at least.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
