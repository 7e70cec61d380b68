/** `capstan schedule`: what can be done to a schedule besides writing it. */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { isDocument } from '../output/document.ts';
import { describeError } from '../report.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import type { Client } from './client.ts';
import { scheduleCalled } from './kinds/kinds.ts';
import { onEach } from './selected-jobs.ts';
import { showDocument } from './show.ts';

export function scheduleVerb(shell: Shell): Command {
  return new Command('schedule')
    .summary('trigger, suspend and resume schedules')
    .description(
      'Submits the job of a schedule now, or suspends and resumes it. `capstan apply -f` makes one, `capstan get schedules` lists them; docs/schedules.md says what is promised.',
    )
    .addCommand(
      actVerb(shell, {
        name: 'trigger',
        description: 'Submits the jobs of schedules now, on your behalf; no due time is dealt with by it.',
        act: trigger,
      }),
    )
    .addCommand(
      actVerb(shell, {
        name: 'suspend',
        description: 'Suspends schedules: nothing of them is due until they are resumed. Their jobs go on.',
        act: changed('schedule.suspend', 'suspended'),
      }),
    )
    .addCommand(
      actVerb(shell, {
        name: 'resume',
        description: 'Resumes schedules: their due times begin now; what passed meanwhile was not missed.',
        act: changed('schedule.resume', 'resumed'),
      }),
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan schedule trigger nightly
  capstan schedule suspend nightly hourly
  capstan schedule resume nightly`,
    );
}

interface Address {
  readonly project: string;
  readonly name: string;
}

interface Done {
  /** `job/nightly-t0123` */
  readonly reference: string;
  readonly done: string;
  /** As the API answered. */
  readonly answer: unknown;
}

interface ActVerb {
  readonly name: string;
  readonly description: string;
  act(client: Client, address: Address): Promise<Done>;
}

function actVerb(shell: Shell, { name, description, act }: ActVerb): Command {
  return new Command(name)
    .description(description)
    .argument('<schedules...>', 'names, or schedule/NAME')
    .action(async (texts: string[], _options: object, command: Command) => {
      const session = openSession(shell, command);
      const names = await Promise.all(texts.map(scheduleCalled));
      shell.end(await onSchedules(session, names, act));
    });
}

async function onSchedules(session: Session, names: readonly string[], act: ActVerb['act']): Promise<number> {
  const client = await session.client();
  const project = await session.project();
  const answers: unknown[] = [];
  const one = async (name: string) => {
    const { reference, done, answer } = await act(client, { project, name });
    answers.push(answer);
    if (isDocument(session.output)) return;
    session.print(session.output === 'name' ? reference : `${reference} ${done}`);
  };
  const code = await onEach(names, one, (error) =>
    session.note(describeError(error, session.paint).join('\n')),
  );
  if (answers.length > 0 || code === EXIT.done) await showDocument(session, answers, names.length === 1);
  return code;
}

async function trigger(client: Client, address: Address): Promise<Done> {
  const answer = await client.call('schedule.trigger', address);
  return {
    reference: `job/${answer.job}`,
    done: answer.repeated ? 'was submitted already' : 'submitted',
    answer,
  };
}

function changed(operation: 'schedule.suspend' | 'schedule.resume', done: string): ActVerb['act'] {
  return async (client, address) => {
    const answer = await client.call(operation, address);
    return { reference: `schedule/${answer.metadata.name}`, done, answer };
  };
}
