/**
 * The few things that the sweep asks of the `capstan` command. All that it assumes about the
 * command's arguments and output stands here. CAPSTAN_CLI names another program, with arguments
 * separated by spaces if need be: CAPSTAN_CLI="node bin/capstan.js".
 */
import { spawn } from 'node:child_process';

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

/** @typedef {{ name: string, state: string, message: string }} JobState */

/**
 * Submits all documents with one command. They are JSON, which is YAML too.
 * @param {readonly object[]} documents
 */
export async function submit(documents) {
  const stream = documents.map((document) => JSON.stringify(document, undefined, 2)).join('\n---\n');
  await capstan(['submit', '-f', '-', '-o', 'name'], stream);
}

/**
 * @param {string} selector as `sweep=first`
 * @returns {Promise<JobState[]>}
 */
export async function jobs(selector) {
  const { items } = JSON.parse(await capstan(['get', 'jobs', '-l', selector, '-o', 'json']));
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    state: status.state,
    message: status.message ?? status.reason ?? '',
  }));
}

/** Whether a job in this state stays in it. */
export function hasEnded({ state }) {
  return ENDED.has(state);
}

/** @param {string} job */
export function logs(job) {
  return capstan(['logs', job]);
}

/** What the command prints. Throws with what it says when it fails. */
function capstan(args, input = '') {
  const [program, ...first] = (process.env.CAPSTAN_CLI || 'capstan').split(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('error', (error) => reject(new Error(`${program} can't be started: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${program} ${args.join(' ')} exited with ${code}: ${said.trim()}`));
    });
    child.stdin.on('error', () => {}); // it ended without reading: its exit code says why
    child.stdin.end(input);
  });
}
