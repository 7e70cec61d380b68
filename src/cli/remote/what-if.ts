/** `capstan what-if`: who would start, wait or be preempted if something changed. Nothing changes. */
import { Command } from 'commander';
import type { WhatIfView } from '../../contract/scheduling.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { submissionOf } from '../files/submission.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import { openSession, type Session, type Shell } from '../session.ts';

interface Flags {
  readonly addNode?: readonly string[];
  readonly drain?: readonly string[];
  readonly cordon?: readonly string[];
  readonly quota?: readonly string[];
  readonly pause?: readonly string[];
  readonly resume?: readonly string[];
  readonly file?: readonly string[];
}

const many = (text: string, before: readonly string[] = []) => [...before, text];

export function whatIfVerb(shell: Shell): Command {
  return new Command('what-if')
    .summary('say who would start or wait if something changed')
    .description(
      'Plans the next cycle twice, as things are and with the changes that are given, and says which jobs would start, wait or be preempted. Nothing is changed.',
    )
    .option('--add-node <node[*count]>', 'nodes like this one', many)
    .option('--drain <node>', 'what runs there waits again', many)
    .option('--cordon <node>', 'what runs there stays, nothing is added', many)
    .option('--quota <queue:resource=amount>', 'own quota of a queue instead of what it is', many)
    .option('--pause <queue>', 'the queue starts nothing', many)
    .option('--resume <queue>', 'the queue starts jobs', many)
    .option('-f, --file <file>', 'jobs of a file are submitted', many)
    .addHelpText(
      'after',
      `
Examples:
  capstan what-if --add-node gpu-0*2
  capstan what-if --quota research:nvidia.com/gpu=16 --pause batch
  capstan what-if --drain gpu-3
  capstan what-if -f job.yaml`,
    )
    .action(async (flags: Flags, command: Command) => {
      const session = openSession(shell, command);
      shell.end(await ask(session, flags));
    });
}

async function ask(session: Session, flags: Flags): Promise<number> {
  const input = {
    addNodes: (flags.addNode ?? []).map(nodes),
    drain: [...(flags.drain ?? [])],
    cordon: [...(flags.cordon ?? [])],
    quota: (flags.quota ?? []).map(quota),
    pause: [...(flags.pause ?? [])],
    resume: [...(flags.resume ?? [])],
    submit: await submissions(session, flags.file ?? []),
  };
  if (Object.values(input).every((changes) => changes.length === 0))
    throw new UsageError(
      'nothing is changed',
      'Give at least one change, such as --add-node NODE or -f FILE.',
    );
  const client = await session.client();
  const answer = await client.call('scheduling.what-if', input);
  if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, answer);
  else session.print(whatIfText(answer));
  return EXIT.done;
}

function nodes(text: string) {
  const [, like, count] = /^(.+?)(?:\*(\d{1,5}))?$/.exec(text) ?? [];
  return { like, count: Number(count ?? 1) };
}

function quota(text: string) {
  const [, queue, resource, amount] = /^([^:]+):([^=]+)=(.+)$/.exec(text) ?? [];
  if (!queue || !resource || !amount)
    throw new UsageError(
      `--quota ${text} says too little`,
      'Write it as QUEUE:RESOURCE=AMOUNT, such as research:cpu=8.',
    );
  return { queue, quota: { [resource]: amount } };
}

async function submissions(session: Session, files: readonly string[]) {
  if (files.length === 0) return [];
  const { readSource } = await import('../files/source.ts');
  const { readObjects } = await import('../files/read-objects.ts');
  const project = await session.project();
  const jobs = [];
  const sources = await Promise.all(files.map((path) => readSource(path, session.io)));
  for (const object of readObjects(sources, ['AIJob'])) {
    if (object.kind === 'AIJob') jobs.push(submissionOf(object.value, { project, flag: undefined }));
  }
  return jobs;
}

export function whatIfText({ starts, waits, preempted, hidden, before, after }: WhatIfView): string {
  const name = ({ project, job }: { project: string; job: string }) => `${project}/${job}`;
  const rows = [
    ...starts.map((one) => [name(one), one.again ? 'starts again' : 'starts', one.queue, one.agent]),
    ...preempted.map((one) => [name(one), 'preempted', one.queue, `by ${one.by} (${one.reason})`]),
    ...waits.map((one) => [name(one), 'waits', one.queue, `${one.reason}: ${oneLine(one.message)}`]),
  ];
  const table =
    rows.length > 0
      ? columns([['JOB', 'WOULD', 'QUEUE', ''], ...rows])
      : 'No job would be better or worse off.';
  const sum = `The next cycle starts ${after.starts} instead of ${before.starts}, preempts ${after.preempted} instead of ${before.preempted}, and ${after.waits} wait instead of ${before.waits}.`;
  return [table, ...(hidden > 0 ? [`${hidden} of these are of other projects.`] : []), sum].join('\n');
}
