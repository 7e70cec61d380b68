/** What several verbs read out of a job as the API shows it. Its spec is untyped on the wire: read with care. */
import type { JobView } from '../../contract/job.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** A role as the API shows it, every default filled in. */
export interface RoleView {
  readonly name: string;
  readonly members?: number | { readonly min: number; readonly max: number };
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly resources?: Readonly<Record<string, string>>;
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

export function hasEnded(job: JobView): boolean {
  return ENDED.has(job.status.state);
}

export function exitCodeOf(job: JobView): ExitCode {
  return job.status.state === 'succeeded' ? EXIT.done : EXIT.jobFailed;
}

export function rolesOf({ spec }: Pick<JobView, 'spec'>): readonly RoleView[] {
  return Array.isArray(spec.roles) ? (spec.roles as RoleView[]) : [];
}

export function countText(members: RoleView['members'] = 1): string {
  return typeof members === 'number' ? String(members) : `${members.min}–${members.max}`;
}

/** Of the whole gang: as started, or at its smallest before that. */
export function membersOf(job: JobView): number {
  const started = job.status.attempts.at(-1)?.members.length ?? 0;
  if (started > 0) return started;
  const least = rolesOf(job).map(({ members = 1 }) => (typeof members === 'number' ? members : members.min));
  return least.reduce((sum, count) => sum + count, 0);
}

/** `cpu 250m, memory 256Mi` */
export function resourcesText(resources: Readonly<Record<string, string>> = {}): string {
  const parts = Object.entries(resources).map(([name, amount]) => `${name} ${amount}`);
  return parts.join(', ') || '-';
}

/** `team=ocr,tier=dev` */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return parts.join(',') || '-';
}
