/** `capstan task`: work for a warm worker, without a file. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { isDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { pairs, wholeNumber } from './options.ts';
import { sendJobs } from './send-jobs.ts';

interface TaskOptions {
  readonly name?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly queue?: string;
  readonly priority?: number;
  readonly timeout?: string;
  readonly retries?: number;
  readonly fairKey?: string;
  readonly after?: string;
  readonly wait?: boolean;
  readonly result?: boolean;
  readonly dryRun?: boolean;
}

export function taskVerb(shell: Shell): Command {
  return new Command('task')
    .summary('give a task to a warm worker')
    .description(
      'Submits a task: a job that a warm worker handles instead of a container. Its payload is JSON; without one, or for what is no JSON, see the examples.',
    )
    .argument('<handler>', 'what a worker announces; `capstan get workers` lists them')
    .argument('[payload]', 'JSON; `-` reads it from standard input; a word that is no JSON is a text')
    .option('--name <name>', 'name of the task; its uid when absent')
    .option('--label <key=value>', 'label (may be repeated)', pairs)
    .option('--queue <queue>', "queue (default: the project's own)")
    .option('--priority <number>', '0 to 100', wholeNumber)
    .option('--timeout <duration>', 'of one attempt, such as 30s')
    .option('--retries <count>', 'failed attempts that are followed by another', wholeNumber)
    .option('--fair-key <key>', 'whose task it is: a queue serves its keys in turn')
    .option('--after <tasks>', 'names or uids, with commas: starts when these have succeeded')
    .option('--wait', 'wait for the end; exit code 1 when it failed or was cancelled')
    .option('--result', 'wait, and print what the handler returned')
    .option('--dry-run', 'let the server check everything and store nothing')
    .addHelpText(
      'after',
      `
Examples:
  capstan task embed '{"text": "hello"}' --result
  capstan task resize photo.png --queue media --retries 5
  capstan task reduce --after part-1,part-2 --wait
  jq -c . big.json | capstan task score - --result | jq .score`,
    )
    .action(async (handler: string, payload: string | undefined, options: TaskOptions, command: Command) => {
      shell.end(await submit(openSession(shell, command), { handler, payload }, options));
    });
}

async function submit(
  session: Session,
  { handler, payload }: { handler: string; payload: string | undefined },
  options: TaskOptions,
): Promise<number> {
  const { name, label, queue, priority, timeout, retries, fairKey, after, dryRun = false } = options;
  const task = {
    handler,
    payload: payload === '-' ? await standardInput(session) : jsonOrText(payload),
    ...(fairKey === undefined ? {} : { fairKey }),
    ...(after === undefined ? {} : { after: after.split(',').filter(Boolean) }),
  };
  const spec = {
    task,
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retry: { limit: retries } }),
  };
  const job = {
    project: await session.project(),
    spec,
    dryRun,
    ...(name === undefined ? {} : { name }),
    ...(label === undefined ? {} : { labels: label }),
  };
  if (options.result) return printResult(session, job);
  return sendJobs(session, [job], {
    wait: options.wait ?? false,
    follow: false,
    quiet: isDocument(session.output),
  });
}

type Submission = Parameters<typeof sendJobs>[1][number];

/** The result alone on standard output, for pipes. */
async function printResult(session: Session, submission: Submission): Promise<number> {
  const client = await session.client();
  const { metadata } = await client.call('job.submit', submission);
  const project = metadata.namespace;
  for (;;) {
    const { jobs } = await client.call('job.wait', { project, jobs: [metadata.uid] });
    const [ended] = jobs;
    if (!ended) continue;
    if (ended.state !== 'succeeded') {
      session.note(`task ${ended.name} ${ended.state}: ${ended.message}`);
      return EXIT.jobFailed;
    }
    return writeResult(session, { project, job: metadata.uid });
  }
}

export async function writeResult(session: Session, job: { project: string; job: string }): Promise<number> {
  const client = await session.client();
  const { writeAll } = await import('./save.ts');
  await writeAll((await client.download('task.result', job)).content, session.io.stdout);
  session.print('');
  return EXIT.done;
}

function jsonOrText(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function standardInput(session: Session): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const part of session.io.stdin) parts.push(Buffer.from(part));
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw new UsageError(`standard input is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
