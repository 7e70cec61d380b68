/** `capstan redrive` */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { jobVerb } from './job-verbs.ts';

export function redriveVerb(shell: Shell): Command {
  return jobVerb(shell, {
    name: 'redrive',
    summary: 'try failed jobs anew',
    description:
      'Puts failed jobs back into their queue with all their retries, once the cause has been mended.',
    done: 'redriven',
    from: ['failed'],
    examples: `  capstan redrive digits-ddp
  capstan redrive -l sweep=lr --reason 'the data set is back'`,
  });
}
