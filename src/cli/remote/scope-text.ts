/** Flags that confine what is given away, and how a scope is shown. */
import { Option } from 'commander';
import { collect } from './options.ts';

export interface ScopeFlags {
  readonly inProject?: readonly string[];
  readonly inQueue?: readonly string[];
  readonly handler?: readonly string[];
}

export function scopeOptions(): Option[] {
  return [
    new Option('--in-project <project>', 'only in this project (may be repeated)').argParser(collect),
    new Option('--in-queue <queue>', 'only for this queue (may be repeated)').argParser(collect),
    new Option('--handler <handler>', 'of a worker: only this handler (may be repeated)').argParser(collect),
  ];
}

interface WireScope {
  projects?: string[];
  queues?: string[];
  handlers?: string[];
}

export function scopeFrom({ inProject, inQueue, handler }: ScopeFlags): WireScope {
  return {
    ...(inProject && { projects: [...inProject] }),
    ...(inQueue && { queues: [...inQueue] }),
    ...(handler && { handlers: [...handler] }),
  };
}

/** `project a,b; queue q` or `everywhere` */
export function scopeText({
  projects,
  queues,
  handlers,
}: {
  readonly projects?: readonly string[] | undefined;
  readonly queues?: readonly string[] | undefined;
  readonly handlers?: readonly string[] | undefined;
}): string {
  const parts = [
    projects && `project ${projects.join(',')}`,
    queues && `queue ${queues.join(',')}`,
    handlers && `handler ${handlers.join(',')}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ') || 'everywhere';
}
