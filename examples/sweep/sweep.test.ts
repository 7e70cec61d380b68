/** The sweep against a stand-in for the `capstan` command that ends jobs without running them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDirectory, startGang } from '../testing/gang.ts';

const SWEEP = [process.execPath, join(import.meta.dirname, 'sweep.mjs'), '--name', 'try'];
const TRIAL = [process.execPath, join(import.meta.dirname, 'trial.mjs')];

/** At the first look every other job has ended, at the second all have; job 3 fails. */
const STAND_IN = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const [verb, ...args] = process.argv.slice(2);
const kept = new URL('./submitted', import.meta.url);
const looked = new URL('./looked', import.meta.url);
const jobs = () => readFileSync(kept, 'utf8').split('\\n---\\n').map((text) => JSON.parse(text));
if (verb === 'submit') writeFileSync(kept, readFileSync(0));
if (verb === 'get') {
  const again = existsSync(looked);
  writeFileSync(looked, args.join(' '));
  const state = (i) => (i % 2 && !again ? 'running' : i === 2 ? 'failed' : 'succeeded');
  console.log(JSON.stringify({ items: jobs().map(({ metadata }, i) => (
    { metadata, status: { state: state(i), message: 'exit code 9' } })) }));
}
if (verb === 'logs') {
  const { LEARNING_RATE, HIDDEN, SEED } = jobs().find((job) => job.metadata.name === args[0]).spec.roles[0].env;
  console.log('trial-0 | {"event":"result"' + \`,"learning_rate":\${LEARNING_RATE},"hidden":\${HIDDEN},"seed":\${SEED},\` +
    \`"held_out_accuracy":\${0.5 + HIDDEN / 200 - Math.abs(LEARNING_RATE - 0.1) + SEED / 1000},"seconds":0.5}\`);
}
`;

describe('the sweep', () => {
  test('submits 32 jobs, waits for all, and prints the best first', async () => {
    const directory = scratchDirectory();
    const standIn = join(directory, 'capstan.mjs');
    writeFileSync(standIn, STAND_IN);
    const env = { CAPSTAN_CLI: `${process.execPath} ${standIn}` };
    const [sweep] = await startGang({ argv: SWEEP, world: 1, env });
    expect(await sweep!.exit, sweep!.output()).toEqual({ code: 1, signal: null }); // one job failed
    const lines = sweep!.output().split('\n');
    expect(lines[0]).toBe('32 jobs submitted, labelled sweep=try');
    expect(readFileSync(join(directory, 'looked'), 'utf8')).toBe('jobs -l sweep=try -o json');
    const rows = lines.filter((line) => line.includes('try-'));
    expect(rows).toHaveLength(32);
    expect(rows[0]).toMatch(/^\* {2}try-24 +0\.1 +64 +2 +0\.8220 +0\.50$/);
    expect(rows.filter((row) => row.startsWith('*'))).toHaveLength(1);
    expect(rows.at(-1)).toBe('  try-03: failed, no result. exit code 9');
  });

  test('says what the command said when it can not submit', async () => {
    const directory = scratchDirectory();
    const standIn = join(directory, 'capstan.mjs');
    writeFileSync(standIn, `console.error('over quota'); process.exitCode = 4;`);
    const env = { CAPSTAN_CLI: `${process.execPath} ${standIn}` };
    const [sweep] = await startGang({ argv: SWEEP, world: 1, env });
    expect(await sweep!.exit).toEqual({ code: 1, signal: null });
    expect(sweep!.output()).toContain('exited with 4: over quota');
  });

  test('has trials that say how a combination does', async () => {
    const env = { LEARNING_RATE: '0.1', HIDDEN: '32', SEED: '2' };
    const [trial] = await startGang({ argv: TRIAL, world: 1, env });
    const result = await trial!.event('result');
    expect(result).toMatchObject({ learning_rate: 0.1, hidden: 32, seed: 2 });
    expect(result.held_out_accuracy).toBeGreaterThan(0.9);
  });
});
