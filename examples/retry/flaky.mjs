/**
 * Fails a number of times and then succeeds, as a job does that meets a moody file system or
 * registry. It counts its attempts in CAPSTAN_CHECKPOINT_PATH, because that directory is what
 * attempts share.
 *
 * Exit codes: 0 in the end, 75 (EX_TEMPFAIL) until then, 2 without a directory to count in.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEMPORARY_FAILURE = 75;

function main(env) {
  const directory = env.CAPSTAN_CHECKPOINT_PATH;
  if (!directory) return refuse('CAPSTAN_CHECKPOINT_PATH is not set: there is nowhere to count attempts');
  const failures = Number(env.FAILURES || 2);
  const attempt = countAttempt(directory);
  if (attempt <= failures) {
    say('failing', {
      attempt,
      message: `attempt ${attempt} fails; ${failures - attempt + 1} to go until it works`,
    });
    return TEMPORARY_FAILURE;
  }
  publish(env.CAPSTAN_OUTPUT_REPORT || '/out/report.json', { attempts: attempt, failures });
  say('done', { attempt, message: `attempt ${attempt} works` });
  return 0;
}

/** One line for each attempt, written before anything can fail. Returns how many there have been. */
function countAttempt(directory) {
  const file = join(directory, 'attempts.log');
  mkdirSync(directory, { recursive: true });
  appendFileSync(file, `${new Date().toISOString()}\n`);
  return readFileSync(file, 'utf8').trim().split('\n').length;
}

function publish(path, report) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}

function refuse(message) {
  say('error', { message });
  return 2;
}

function say(event, facts) {
  console.log(JSON.stringify({ event, ...facts }));
}

process.exitCode = main(process.env);
