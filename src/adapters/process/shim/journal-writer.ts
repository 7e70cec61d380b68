/**
 * Appends to the journal, in order, each line in one write. When the disk is full the lines wait
 * in memory and are tried again: how an attempt ended must not be lost for want of a few bytes.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import type { JournalEntry } from '../journal.ts';

const RETRY_MS = 1000;

export class JournalWriter {
  readonly #fd: number;
  #waiting = Buffer.alloc(0);
  #onEmpty: (() => void) | undefined;

  constructor(path: string) {
    this.#fd = openSync(path, 'a', 0o600);
  }

  /** Written at once; on its way to the disk, without waiting for it. */
  append(...entries: readonly JournalEntry[]): void {
    if (entries.length === 0) return;
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(lines)]);
    this.#drain();
    fdatasync(this.#fd, () => undefined);
  }

  /** Resolves when everything is on the disk. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    fdatasyncSync(this.#fd);
    closeSync(this.#fd);
  }

  #drain(): void {
    try {
      while (this.#waiting.length > 0) {
        this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting));
      }
      this.#onEmpty?.();
    } catch {
      setTimeout(() => this.#drain(), RETRY_MS);
    }
  }
}
