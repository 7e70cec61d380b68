/** Progress and log lines on their way out: the newest progress of each task, and its lines in their order, bounded. */
import { clip } from '../clip.ts';
import { keyOf, type Lease, LIMITS, leaseOf } from './protocol.ts';

export interface Progress {
  readonly fraction?: number | undefined;
  readonly message?: string | undefined;
}

/** Of one task between two reports. Beyond either, lines are dropped and counted. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 256 * 1024;

interface Pending {
  readonly lease: Lease;
  progress: Progress | undefined;
  readonly lines: string[];
  characters: number;
  dropped: number;
}

export class ReportBuffer {
  readonly #pending = new Map<string, Pending>();

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  progress(lease: Lease, { fraction, message }: Progress): void {
    this.#of(lease).progress = {
      ...(fraction === undefined ? {} : { fraction }),
      ...(message === undefined ? {} : { message: clip(message, LIMITS.progress) }),
    };
  }

  log(lease: Lease, text: string): void {
    const pending = this.#of(lease);
    for (const line of text.split('\n').map((one) => clip(one, LIMITS.line))) {
      // One is left for the line that says how many were dropped.
      if (pending.lines.length >= MOST_LINES - 1 || pending.characters + line.length > MOST_CHARACTERS) {
        pending.dropped += 1;
        continue;
      }
      pending.lines.push(line);
      pending.characters += line.length;
    }
  }

  /** Entries of a `report`: of all tasks, or of those that are about to end. */
  take(leases?: readonly Lease[]): string[] {
    const keys = leases === undefined ? [...this.#pending.keys()] : leases.map(keyOf);
    return keys.flatMap((key) => {
      const pending = this.#pending.get(key);
      this.#pending.delete(key);
      return pending ? [entryOf(pending)] : [];
    });
  }

  forget(lease: Lease): void {
    this.#pending.delete(keyOf(lease));
  }

  #of(lease: Lease): Pending {
    const key = keyOf(lease);
    const found = this.#pending.get(key) ?? {
      lease: leaseOf(lease),
      progress: undefined,
      lines: [],
      characters: 0,
      dropped: 0,
    };
    this.#pending.set(key, found);
    return found;
  }
}

function entryOf({ lease, progress, lines, dropped }: Pending): string {
  const told = dropped > 0 ? [...lines, `[${dropped} lines dropped: too many at once]`] : lines;
  return JSON.stringify({ ...lease, progress, ...(told.length > 0 ? { lines: told } : {}) });
}
