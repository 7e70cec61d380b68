/**
 * Tries 32 combinations of hyperparameters, each as a job of its own, and prints which is best:
 * `node sweep.mjs`. How many run at once is the queue's business.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasEnded, jobs, logs, submit } from './capstan.mjs';

const LEARNING_RATES = [0.01, 0.03, 0.1, 0.3];
const HIDDEN = [8, 16, 32, 64];
const SEEDS = [1, 2];

const LOOK_AGAIN_MS = 1000;
const LOGS_AT_ONCE = 4;

const OPTIONS = {
  name: { type: 'string' }, // of the sweep: its label and the beginning of the jobs' names
  queue: { type: 'string' },
  image: { type: 'string', default: 'node:26.10.0-slim' },
  'working-dir': { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
  timeout: { type: 'string', default: '600' }, // seconds to wait for all jobs
  print: { type: 'boolean', default: false }, // the jobs, instead of submitting them
};

async function main(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const sweep = values.name ?? `sweep-${Date.now().toString(36)}`;
  const trials = grid().map((point, i) => trialJob(point, { ...values, sweep, number: i + 1 }));
  if (values.print) return print(trials);
  await submit(trials);
  say(`${trials.length} jobs submitted, labelled sweep=${sweep}`);
  const ended = await waitForAll(`sweep=${sweep}`, trials.length, Number(values.timeout) * 1000);
  const results = await readResults(ended);
  console.log(table(results));
  return results.every(({ result }) => result) ? 0 : 1;
}

function grid() {
  return LEARNING_RATES.flatMap((learningRate) =>
    HIDDEN.flatMap((hidden) => SEEDS.map((seed) => ({ learningRate, hidden, seed }))),
  );
}

/** The job of one combination. */
function trialJob(
  { learningRate, hidden, seed },
  { sweep, number, queue, image, 'working-dir': workingDir },
) {
  return {
    apiVersion: 'capstan.dev/v1alpha1',
    kind: 'AIJob',
    metadata: { name: `${sweep}-${String(number).padStart(2, '0')}`, labels: { sweep } },
    spec: {
      type: 'evaluation',
      ...(queue ? { queue } : {}),
      roles: [
        {
          name: 'trial',
          members: 1,
          image,
          command: ['node', 'trial.mjs'],
          workingDir,
          env: { LEARNING_RATE: String(learningRate), HIDDEN: String(hidden), SEED: String(seed) },
          resources: { cpu: '250m', memory: '128Mi' },
        },
      ],
      timeout: '2m',
      expectedDuration: '2s',
      retry: { limit: 1 },
    },
  };
}

function print(documents) {
  console.log(documents.map((document) => JSON.stringify(document, undefined, 2)).join('\n---\n'));
  return 0;
}

async function waitForAll(selector, count, patienceMs) {
  const until = performance.now() + patienceMs;
  for (let before = -1; ; ) {
    const seen = await jobs(selector);
    const ended = seen.filter(hasEnded);
    if (ended.length !== before) say(`${ended.length} of ${count} ended`);
    if (ended.length >= count) return ended;
    if (performance.now() > until) throw new Error(`only ${ended.length} of ${count} jobs ended in time`);
    before = ended.length;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Each job with the result line of its log, if it has one; a few logs at a time. */
async function readResults(ended) {
  const waiting = [...ended];
  const results = [];
  const reader = async () => {
    for (let job = waiting.pop(); job; job = waiting.pop()) {
      results.push({
        ...job,
        result: job.state === 'succeeded' ? resultIn(await logs(job.name)) : undefined,
      });
    }
  };
  await Promise.all(Array.from({ length: LOGS_AT_ONCE }, reader));
  return results;
}

/** The last result line, whatever the log puts before each line. */
function resultIn(log) {
  const line = log.split('\n').findLast((text) => text.includes('{"event":"result"'));
  return line && JSON.parse(line.slice(line.indexOf('{"event":"result"')));
}

function table(results) {
  const good = results.filter(({ result }) => result).sort(byAccuracy);
  const bad = results.filter(({ result }) => !result).sort((a, b) => a.name.localeCompare(b.name));
  const rows = good.map(({ name, result }, i) => [
    i === 0 ? '*' : '',
    name,
    String(result.learning_rate),
    String(result.hidden),
    String(result.seed),
    result.held_out_accuracy.toFixed(4),
    result.seconds.toFixed(2),
  ]);
  const head = ['', 'job', 'learning rate', 'hidden', 'seed', 'held-out accuracy', 'seconds'];
  const lines = aligned([head, ...rows]);
  return [
    ...lines,
    ...bad.map(({ name, state, message }) => `  ${name}: ${state}, no result. ${message}`),
  ].join('\n');
}

function byAccuracy(a, b) {
  return b.result.held_out_accuracy - a.result.held_out_accuracy || a.name.localeCompare(b.name);
}

function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

/** Progress goes to stderr: stdout has the table only. */
function say(sentence) {
  console.error(sentence);
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  say(`sweep: ${error.message}`);
  return 1;
});
