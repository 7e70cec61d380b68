/**
 * One control group of the kernel, of a member: its limit of memory, its processes, what became of them.
 * Two versions of the interface do the same under other names; what differs between them is in two tables.
 * Sources: docs.kernel.org, admin-guide/cgroup-v2 and cgroup-v1/memory.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A directory of the kernel's that is ours to make groups in. */
export interface Delegated {
  readonly path: string;
  readonly version: 1 | 2;
}

interface Interface {
  /** Files that are written to limit memory, in this order; `optional` ones may be missing. */
  readonly limits: readonly {
    readonly file: string;
    readonly value: (bytes: number) => string;
    readonly optional?: true;
  }[];
  readonly peak: string;
  /** Has a line `oom_kill N`. */
  readonly events: string;
}

const INTERFACES: Readonly<Record<Delegated['version'], Interface>> = {
  1: {
    limits: [
      { file: 'memory.limit_in_bytes', value: String },
      // Memory and swap together: no swapping around the limit.
      { file: 'memory.memsw.limit_in_bytes', value: String, optional: true },
    ],
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
  2: {
    limits: [
      { file: 'memory.max', value: String },
      { file: 'memory.swap.max', value: () => '0', optional: true },
      // Of a member that is over its memory nothing is of use any more.
      { file: 'memory.oom.group', value: () => '1', optional: true },
    ],
    peak: 'memory.peak',
    events: 'memory.events',
  },
};

export class ControlGroup {
  readonly path: string;
  readonly #files: Interface;

  constructor({ path, version }: Delegated, name: string) {
    this.path = join(path, name);
    this.#files = INTERFACES[version];
  }

  /** @throws Error when the kernel refuses: the caller goes on without */
  create(memoryBytes: number | undefined): void {
    mkdirSync(this.path, { recursive: true });
    if (memoryBytes === undefined) return;
    for (const { file, value, optional } of this.#files.limits) {
      const path = join(this.path, file);
      if (optional && !existsSync(path)) continue;
      writeFileSync(path, value(memoryBytes));
    }
  }

  /** Moves a process here; its children are born here. */
  enter(pid: number): void {
    writeFileSync(join(this.path, 'cgroup.procs'), String(pid));
  }

  /** Empty when there is no such group. */
  pids(): number[] {
    return this.#read('cgroup.procs').split('\n').filter(Boolean).map(Number);
  }

  /** How many of its processes the kernel killed for memory. */
  oomKills(): number {
    return Number(/^oom_kill (\d+)$/m.exec(this.#read(this.#files.events))?.[1] ?? 0);
  }

  /** Bytes; undefined where the kernel does not say. */
  peakBytes(): number | undefined {
    const text = this.#read(this.#files.peak).trim();
    return text === '' ? undefined : Number(text);
  }

  /** False while a process is in it. */
  remove(): boolean {
    try {
      rmdirSync(this.path);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
  }

  #read(file: string): string {
    try {
      return readFileSync(join(this.path, file), 'utf8');
    } catch {
      return '';
    }
  }
}
