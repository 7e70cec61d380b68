/** Flags that confine what is given away, and how a scope is shown. */
import { Option } from 'commander';
import { collect } from './options.ts';

export interface ScopeFlags {
  readonly inProject?: readonly string[];
  readonly inQueue?: readonly string[];
}

export function scopeOptions(): Option[] {
  return [
    new Option('--in-project <project>', 'only in this project (may be repeated)').argParser(collect),
    new Option('--in-queue <queue>', 'only for this queue (may be repeated)').argParser(collect),
  ];
}

export function scopeFrom({ inProject, inQueue }: ScopeFlags): { projects?: string[]; queues?: string[] } {
  return { ...(inProject && { projects: [...inProject] }), ...(inQueue && { queues: [...inQueue] }) };
}

/** `project a,b; queue q` or `everywhere` */
export function scopeText({
  projects,
  queues,
}: {
  readonly projects?: readonly string[] | undefined;
  readonly queues?: readonly string[] | undefined;
}): string {
  const parts = [projects && `project ${projects.join(',')}`, queues && `queue ${queues.join(',')}`];
  return parts.filter((part) => part !== undefined).join('; ') || 'everywhere';
}
