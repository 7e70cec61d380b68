/** `capstan output`: what a job kept. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes } from '../output/bytes.ts';
import { columns } from '../output/columns.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { jobCalled } from './kinds/kinds.ts';
import { wholeNumber } from './options.ts';

interface OutputOptions {
  readonly to?: string;
  readonly attempt?: number;
}

export function outputVerb(shell: Shell): Command {
  return new Command('output')
    .summary("download a job's output")
    .description(
      'Writes an output of a job to standard output, or to a file; without a name, lists the outputs.',
    )
    .argument('<job>', 'name, job/NAME or uid')
    .argument('[name]', 'name of the output, as in spec.outputs')
    .option('--to <file>', 'file to write; it appears when it is whole')
    .option('--attempt <number>', 'of this attempt (default: the latest that has it)', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  capstan output digits-ddp                        list them
  capstan output digits-ddp model --to model.json
  capstan output digits-ddp metrics | jq .loss`,
    )
    .action(async (job: string, name: string | undefined, options: OutputOptions, command: Command) => {
      const session = openSession(shell, command);
      const called = await jobCalled(job);
      shell.end(
        await (name === undefined
          ? list(session, called)
          : download(session, { job: called, name }, options)),
      );
    });
}

async function list(session: Session, job: string): Promise<number> {
  const client = await session.client();
  const { status } = await client.call('job.get', { project: await session.project(), job });
  const rows = status.attempts.flatMap(({ number, outputs }) =>
    outputs.map((output) => [output.name, bytes(output.bytes), String(number), output.path]),
  );
  if (rows.length === 0) session.note('the job has no outputs');
  else session.print(columns([['NAME', 'SIZE', 'ATTEMPT', 'PATH'], ...rows]));
  return EXIT.done;
}

async function download(
  session: Session,
  { job, name }: { job: string; name: string },
  { to, attempt }: OutputOptions,
): Promise<number> {
  const client = await session.client();
  const project = await session.project();
  if (to !== undefined && (await isDirectory(to))) {
    throw new UsageError(`${to} is a directory`, `Write it like --to ${to}/${name}.`);
  }
  const { save, writeAll } = await import('./save.ts');
  const file = await client.download('job.output', { project, job, name, attempt });
  if (to === undefined || to === '-') await writeAll(file.content, session.io.stdout);
  else session.note(`${to}: ${bytes(await save(session, file, to))}`);
  return EXIT.done;
}

async function isDirectory(path: string): Promise<boolean> {
  const { stat } = await import('node:fs/promises');
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
