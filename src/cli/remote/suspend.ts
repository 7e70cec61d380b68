/** `capstan suspend` */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { jobVerb } from './job-verbs.ts';

export function suspendVerb(shell: Shell): Command {
  return jobVerb(shell, {
    name: 'suspend',
    summary: 'stop jobs until they are resumed',
    description:
      'Suspends jobs: they are stopped with the checkpoint grace and hold no quota until `capstan resume`.',
    done: 'suspended',
    from: ['pending', 'admitted', 'running', 'unreachable', 'backoff'],
    examples: `  capstan suspend digits-ddp
  capstan suspend -l team=ocr --reason 'maintenance tonight'`,
  });
}
