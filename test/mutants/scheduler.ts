/**
 * `npm run test:mutants [-- WORD]`, only those with the word: breaks an invariant of the scheduler on purpose, one at a time, in a copy of the core, and
 * says whether the property that should find it does. Exit code 1 when one lives.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS, type Mutant } from './scheduler-mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const RUNS = '1500';

function copyOfCore(): string {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-mutants-'));
  mkdirSync(join(dir, 'src'));
  cpSync(join(ROOT, 'src/core'), join(dir, 'src/core'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  return dir;
}

/** @throws Error when the code is not there any more: the list is out of date */
function mutate(dir: string, { file, from, to }: Mutant): () => void {
  const path = join(dir, 'src/core/scheduling', file);
  const before = readFileSync(path, 'utf8');
  if (before.split(from).length !== 2) throw new Error(`${file} has no single ${JSON.stringify(from)}`);
  writeFileSync(path, before.replace(from, to));
  return () => writeFileSync(path, before);
}

/** Names of the tests that failed. */
function failing(dir: string, { suite }: Mutant): readonly string[] {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const out = join(dir, 'report.json');
  const args = [vitest, 'run', '--root', dir, `src/core/scheduling/${suite}`, '--testTimeout=300000'];
  const env = { ...process.env, CAPSTAN_PROPERTY_RUNS: RUNS };
  spawnSync(process.execPath, [...args, '--reporter=json', `--outputFile=${out}`], { env, stdio: 'ignore' });
  const report = JSON.parse(readFileSync(out, 'utf8')) as Report;
  return report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const dir = copyOfCore();
const [word = ''] = process.argv.slice(2);
const chosen = MUTANTS.filter(({ breaks }) => breaks.includes(word));
let lived = 0;
try {
  for (const mutant of chosen) {
    const restore = mutate(dir, mutant);
    const found = failing(dir, mutant);
    restore();
    if (found.length === 0) lived += 1;
    console.log(`${found.length > 0 ? 'found' : 'LIVES'}  ${mutant.breaks}`);
    for (const name of found.slice(0, 3)) console.log(`         by "${name.replace(/ \(with seed=.*/, '')}"`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${chosen.length - lived} passed, ${lived} failed`);
process.exitCode = lived === 0 ? 0 : 1;
