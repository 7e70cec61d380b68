/** `npm run check`: types, lint and format, dead code, generated files, architecture. Every step runs; one that fails fails all. */
import { spawnSync } from 'node:child_process';

const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['lint and format', 'biome', 'check', '--error-on-warnings', '--max-diagnostics=50', '.'],
  ['dead code', 'knip', '--no-progress'],
  ['generated files', 'node', 'tools/generate.ts', '--check'],
  ['architecture', 'vitest', 'run', '--silent', '--reporter=dot', 'test/architecture'],
];

let failed = 0;
for (const [name, command, ...args] of STEPS) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (error) console.error(error.message);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (status !== 0) failed += 1;
}
console.log(`${STEPS.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
