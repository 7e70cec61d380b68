/**
 * Progress and log lines of running tasks, written at most once a second and before the end of the task
 * that they are of. Bounded: what a worker says beyond it is dropped, and the log says so.
 */
import type { Ports } from '../../ports/index.ts';
import type { LeaseRef, TaskNote } from '../../ports/task-store.ts';

/** Characters of lines that wait to be written, of all tasks together, and of one task. */
const MOST_WAITING = 16 * 1024 * 1024;
const MOST_OF_ONE = 1024 * 1024;

interface Waiting {
  readonly note: TaskNote;
  readonly lines: string[];
  size: number;
  dropped: number;
}

export class Notes {
  readonly #ports: Pick<Ports, 'tasks' | 'clock'>;
  #waiting = new Map<string, Waiting>();
  #size = 0;

  constructor(ports: Pick<Ports, 'tasks' | 'clock'>) {
    this.#ports = ports;
  }

  add(notes: readonly TaskNote[]): void {
    for (const note of notes) {
      const key = keyOf(note);
      const known = this.#waiting.get(key);
      const next: Waiting = known
        ? { ...known, note: { ...known.note, progress: note.progress ?? known.note.progress } }
        : { note, lines: [], size: 0, dropped: 0 };
      for (const line of note.lines ?? []) this.#take(next, line);
      this.#waiting.set(key, next);
    }
  }

  #take(of: Waiting, line: string): void {
    const size = line.length + 1;
    if (this.#size + size > MOST_WAITING || of.size + size > MOST_OF_ONE) {
      of.dropped += 1;
      return;
    }
    of.lines.push(line);
    of.size += size;
    this.#size += size;
  }

  /** Whatever was said of these comes before their end. */
  async flushOf(leases: readonly LeaseRef[]): Promise<void> {
    if (this.#waiting.size === 0) return;
    const own = leases.filter((lease) => this.#waiting.has(keyOf(lease)));
    if (own.length > 0) await this.#write(own.map(keyOf));
  }

  async flush(): Promise<void> {
    if (this.#waiting.size > 0) await this.#write([...this.#waiting.keys()]);
  }

  async #write(keys: readonly string[]): Promise<void> {
    const notes = keys.flatMap((key) => {
      const waiting = this.#waiting.get(key);
      if (!waiting) return [];
      this.#waiting.delete(key);
      this.#size -= waiting.size;
      return [{ ...waiting.note, lines: linesOf(waiting) }];
    });
    if (notes.length > 0) await this.#ports.tasks.report(notes, this.#ports.clock.now());
  }
}

function keyOf({ uid, attempt }: LeaseRef): string {
  return `${uid}/${attempt}`;
}

function linesOf({ lines, dropped }: Waiting): readonly string[] {
  if (dropped === 0) return lines;
  return [...lines, `[capstan] ${dropped} more lines were dropped: they came faster than they can be kept`];
}
