/**
 * `npm run test:clients`: the SDKs, each by its own tools. TypeScript: types and drift, build, tests and the
 * conformance cases, and what was built on the Node that called npm. Python: clients/python/test.sh.
 * Ends with a line `N passed, N failed[, N skipped]`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clientFolder, installClient, runInClient } from './clients/typescript.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sum = { passed: 0, failed: 0, skipped: 0 };

/** What says nothing but whether it worked is one test. */
function one(name: string, work: () => boolean): void {
  console.log(`--- ${name}`);
  sum[work() ? 'passed' : 'failed'] += 1;
}

function typescript(): void {
  installClient(root);
  one('TypeScript: types, and what is made from the OpenAPI document', () =>
    runInClient(root, 'run', 'check'),
  );
  one('TypeScript: build', () => runInClient(root, 'run', 'build'));
  const node = process.env.npm_node_execpath ?? process.execPath;
  one('TypeScript: what was built, on the Node that called npm', () => {
    const smoke = join(clientFolder(root), 'tools/smoke.mjs');
    return spawnSync(node, [smoke], { stdio: 'inherit' }).status === 0;
  });
  console.log('--- TypeScript: tests');
  const folder = mkdtempSync(join(tmpdir(), 'capstan-test-'));
  const report = join(folder, 'report.json');
  const passed = runInClient(
    root,
    'test',
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  );
  count(report, passed);
  rmSync(folder, { recursive: true });
}

function count(report: string, passed: boolean): void {
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    numPendingTests = 0,
  } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  sum.passed += numPassedTests;
  sum.failed += passed ? numFailedTests : Math.max(1, numFailedTests);
  sum.skipped += numPendingTests;
}

/** Shown as it comes; its last line is its sum. */
async function python(): Promise<void> {
  const script = join(root, 'clients/python/test.sh');
  if (!existsSync(script)) return;
  if (spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0) {
    console.log('--- Python: left out: this machine has no Python with venv');
    sum.skipped += 1;
    return;
  }
  console.log('--- Python');
  const child = spawn(script, { cwd: dirname(script), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let last: RegExpExecArray | null = null;
  for await (const line of createInterface(child.stdout)) {
    const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
    if (found) last = found;
    else console.log(line);
  }
  const code = await ended;
  const [passed = 0, failed = 0, skipped = 0] = (last ?? []).slice(1).map((text) => Number(text ?? 0));
  sum.passed += passed;
  sum.failed += code === 0 ? failed : Math.max(1, failed);
  sum.skipped += skipped;
}

typescript();
await python();
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
