/** `capstan cancel` */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { jobVerb } from './job-verbs.ts';

export function cancelVerb(shell: Shell): Command {
  return jobVerb(shell, {
    name: 'cancel',
    summary: 'end jobs for good',
    description: 'Cancels jobs: their processes get the checkpoint grace, then they are killed.',
    done: 'cancelled',
    from: ['pending', 'admitted', 'running', 'unreachable', 'backoff', 'suspended'],
    examples: `  capstan cancel digits-ddp
  capstan cancel -l sweep=lr --reason 'wrong data set'`,
  });
}
