/** `capstan apply`: makes the objects of files what the files say. */
import { Command } from 'commander';
import { EXIT, worst } from '../exit-codes.ts';
import { codeFor, describeError } from '../report.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { collect } from './options.ts';

interface ApplyOptions {
  readonly file: readonly string[];
}

export function applyVerb(shell: Shell): Command {
  return new Command('apply')
    .summary('make projects, queues, grants, schedules and jobs of files')
    .description(
      'Makes or changes the Projects, Flavors, Queues, QueueGrants and Schedules of a file, and submits its AIJobs. Everything is checked before anything is sent; what others refer to goes first.',
    )
    .requiredOption('-f, --file <file>', 'file to read, - for standard input (may be repeated)', collect)
    .addHelpText(
      'after',
      `
Examples:
  capstan apply -f platform.yaml
  capstan get queues -o yaml | sed 's/maxRunning: 4/maxRunning: 8/' | capstan apply -f -

A file:
  apiVersion: capstan.dev/v1alpha1
  kind: Queue
  metadata: {name: research}
  spec: {quota: {cpu: 16, memory: 64Gi}}
  ---
  apiVersion: capstan.dev/v1alpha1
  kind: QueueGrant
  spec: {project: vision, queue: research, maxPriority: 80}`,
    )
    .action(async (options: ApplyOptions, command: Command) => {
      shell.end(await apply(openSession(shell, command), options));
    });
}

async function apply(session: Session, { file }: ApplyOptions): Promise<number> {
  const { readSource } = await import('../files/source.ts');
  const { readObjects } = await import('../files/read-objects.ts');
  const { APPLIED_KINDS, applyObject } = await import('./apply-object.ts');
  const sources = await Promise.all(file.map((path) => readSource(path, session.io)));
  const objects = readObjects(sources, APPLIED_KINDS);
  const client = await session.client();
  const choice = { project: await session.project(), flag: session.flags.project };
  const codes: number[] = [];
  for (const object of inOrder(objects, APPLIED_KINDS)) {
    try {
      const { reference, done } = await applyObject(client, object, choice);
      session.print(session.output === 'name' ? reference : `${reference} ${done}`);
    } catch (error) {
      session.note(describeError(error, session.paint).join('\n'));
      codes.push(codeFor(error));
      // Nobody to go on with.
      if (codeFor(error) === EXIT.unreachable) break;
    }
  }
  return worst(codes);
}

/** As in the file among those of a kind. */
function inOrder<T extends { readonly kind: string }>(
  objects: readonly T[],
  kinds: readonly string[],
): readonly T[] {
  return objects.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}
