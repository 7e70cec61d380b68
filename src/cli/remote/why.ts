/** `capstan why`: why a job waits, what is in its way, when it will start, and what would start it now. */
import { Command } from 'commander';
import type { WhyView } from '../../contract/scheduling.ts';
import { EXIT } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { jobCalled } from './kinds/kinds.ts';

export function whyVerb(shell: Shell): Command {
  return new Command('why')
    .summary('say why a job waits, and what would start it')
    .description(
      'Says why a job waits: the reason, its place in its queue, what is in its way, when it is expected to start (8 of 10 start within the interval), and who took its place before.',
    )
    .argument('<job>', 'name, job/NAME or uid')
    .option('--what-would-help', 'also the smallest changes that would start it now, each proved')
    .addHelpText(
      'after',
      `
Examples:
  capstan why digits-ddp
  capstan why digits-ddp --what-would-help
  capstan why digits-ddp -o json`,
    )
    .action(async (job: string, { whatWouldHelp }: { whatWouldHelp?: boolean }, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const address = { project: await session.project(), job: await jobCalled(job) };
      const why = await client.call('job.why', { ...address, help: whatWouldHelp === true });
      shell.end(await show(session, why));
    });
}

async function show(session: Session, why: WhyView): Promise<number> {
  if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, why);
  else session.print(whyText(why));
  return EXIT.done;
}

/** The answer first; then what it rests on. */
export function whyText(why: WhyView): string {
  const place = why.position === undefined ? '' : `, ${why.position} of ${why.of} in queue ${why.queue}`;
  const lines = [
    `job/${why.job} is ${why.state}${place}`,
    `  ${why.reason}: ${oneLine(why.message)}`,
    ...why.blockers.map(
      ({ what, how, until }) => `  in the way  ${what} ${how}${until ? `, until about ${until}` : ''}`,
    ),
    ...(why.reserved ? [`  room kept   from about ${why.reserved.at} (${why.reserved.for})`] : []),
    ...(why.expected
      ? [
          `  expected    ${why.expected.at}; 8 of 10 start between ${why.expected.from} and ${why.expected.to}`,
        ]
      : []),
    ...why.preempted.map(
      ({ attempt, by, reason, lost }) =>
        `  before      attempt ${attempt} lost its place to ${by} (${reason}), and ${lost} s of work`,
    ),
    ...(why.live ? [] : ['  as it was written down last: another server schedules and knows more']),
  ];
  if (why.suggestions === undefined) return lines.join('\n');
  const helps = why.suggestions.map(({ sentence }) => `  - ${sentence}`);
  const heading =
    helps.length > 0
      ? 'It would start now with any one of:'
      : 'No single change that was tried would start it now.';
  return [...lines, heading, ...helps].join('\n');
}
