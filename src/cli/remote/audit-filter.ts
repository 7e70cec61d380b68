/** The flags that narrow audit records. */
import { Option } from 'commander';
import { moment } from '../moment.ts';
import type { Session } from '../session.ts';

export interface AuditFlags {
  readonly principal?: string;
  readonly operation?: string;
  readonly inProject?: string;
  readonly since?: string;
  readonly until?: string;
}

export function filterOptions(): readonly Option[] {
  return [
    new Option('--principal <id>', 'by this principal, such as key/ci'),
    new Option('--operation <name>', 'of this operation, such as job.submit'),
    new Option('--in-project <project>', 'in this project'),
    new Option('--since <when>', 'from then on: a time, or a duration ago such as 1d'),
    new Option('--until <when>', 'up to then'),
  ];
}

export async function auditFilter(flags: AuditFlags, { io }: Session) {
  const { principal, operation, inProject, since, until } = flags;
  const now = io.now();
  return {
    principal,
    operation,
    project: inProject,
    since: await moment('--since', since, now),
    until: await moment('--until', until, now),
  };
}
