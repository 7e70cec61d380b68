/** `capstan watch`: one line for each change of a job's state, until it has ended. */
import { Command } from 'commander';
import type { JobView } from '../../contract/job.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupt } from '../interrupt.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { exitCodeOf } from './job-facts.ts';
import { stateLine } from './job-lines.ts';
import { jobCalled } from './kinds/kinds.ts';
import { stopped, tellEnd, untilEnd } from './wait.ts';

export function watchVerb(shell: Shell): Command {
  return new Command('watch')
    .summary('watch a job until it ends')
    .description(
      'Shows one line for each change of a job until it has ended; exit code 1 when it failed or was cancelled.',
    )
    .argument('<job>', 'name, job/NAME or uid')
    .addHelpText(
      'after',
      `
Examples:
  capstan watch digits-ddp
  capstan watch digits-ddp && capstan output digits-ddp model --to model.json`,
    )
    .action(async (job: string, _options: object, command: Command) => {
      shell.end(await watch(openSession(shell, command), await jobCalled(job)));
    });
}

async function watch(session: Session, name: string): Promise<number> {
  const client = await session.client();
  const job = await client.call('job.get', { project: await session.project(), job: name });
  const onState = changePrinter(session);
  return untilInterrupt(session.io, async (interruption) => {
    const last = await untilEnd(client, job, { signal: interruption.signal, onState });
    if (interruption.interrupted) {
      stopped(session, [last]);
      return EXIT.interrupted;
    }
    tellEnd(session, last);
    if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, last);
    return exitCodeOf(last);
  });
}

/** The same state may be told twice, as when a connection was taken up again. */
function changePrinter(session: Session): (job: JobView) => void {
  let before = '';
  return (job) => {
    const { state, reason, message } = job.status;
    const now = JSON.stringify([state, reason, message]);
    if (now !== before && !isDocument(session.output)) session.print(stateLine(job, session.paint));
    before = now;
  };
}
