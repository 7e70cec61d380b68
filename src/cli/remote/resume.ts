/** `capstan resume` */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { jobVerb } from './job-verbs.ts';

export function resumeVerb(shell: Shell): Command {
  return jobVerb(shell, {
    name: 'resume',
    summary: 'let suspended jobs start again',
    description: 'Resumes suspended jobs: they wait in their queue again, at the place of their age.',
    done: 'resumed',
    from: ['suspended'],
    examples: `  capstan resume digits-ddp
  capstan resume -l team=ocr`,
  });
}
