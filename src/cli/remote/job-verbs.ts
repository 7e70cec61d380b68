/** What `cancel`, `suspend`, `resume` and `redrive` have in common: one or more jobs, a reason, one line each. */
import { Command } from 'commander';
import type { JobView } from '../../contract/job.ts';
import { openSession, type Shell } from '../session.ts';
import { actOnJobs, selectedJobs } from './selected-jobs.ts';

export interface JobVerb {
  readonly name: 'cancel' | 'suspend' | 'resume' | 'redrive';
  readonly summary: string;
  readonly description: string;
  /** `cancelled` */
  readonly done: string;
  /** States from which it does something: with -l only those are chosen. */
  readonly from: readonly string[];
  readonly examples: string;
}

interface Options {
  readonly selector?: string;
  readonly reason?: string;
}

export function jobVerb(shell: Shell, verb: JobVerb): Command {
  return new Command(verb.name)
    .summary(verb.summary)
    .description(verb.description)
    .argument('[jobs...]', 'names, job/NAME or uids')
    .option('-l, --selector <selector>', `every job with these labels that is ${listed(verb.from)}`)
    .option('--reason <text>', "why; it is kept in the job's events")
    .addHelpText('after', `\nExamples:\n${verb.examples}`)
    .action(async (names: string[], { selector, reason }: Options, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const jobs = await selectedJobs(session, { names, selector, states: verb.from });
      const act = (address: { project: string; job: string }) =>
        client.call(`job.${verb.name}`, { ...address, reason });
      shell.end(await actOnJobs(session, jobs, { act, done: (job) => outcome(job, verb.done) }));
    });
}

/** A job that holds processes is stopped first, which takes its grace. */
function outcome({ status }: JobView, done: string): string {
  return status.state === 'stopping' ? `stopping (then ${status.stoppingTo ?? done})` : done;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
