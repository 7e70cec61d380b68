/**
 * One attempt as the runner sees it: follows the journal that the shim writes, and tells of every
 * change. Holds no truth of its own: all of it can be read again from the attempt's directory.
 */
import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from 'node:fs';
import { type AttemptRecord, applyEntry, newRecord, parseEntries } from './journal.ts';
import { type Launch, readJson, type ShimIdentity } from './launch.ts';
import { type AttemptLayout, layoutOf } from './layout.ts';

export class TrackedAttempt {
  readonly launch: Launch;
  readonly layout: AttemptLayout;
  /** Set while the runner ends the attempt in place of a shim that is gone. */
  closing = false;
  readonly #onChange: (attempt: TrackedAttempt) => void;
  #record: AttemptRecord;
  #offset = 0;
  #shim: ShimIdentity | undefined;
  #watcher: FSWatcher | undefined;

  constructor(dir: string, launch: Launch, onChange: (attempt: TrackedAttempt) => void) {
    this.layout = layoutOf(dir);
    this.launch = launch;
    this.#onChange = onChange;
    this.#record = newRecord(launch.spec, launch.node);
  }

  get record(): AttemptRecord {
    return this.#record;
  }

  get ended(): boolean {
    return this.#record.seen.phase === 'ended';
  }

  /** A member has been started. */
  get begun(): boolean {
    return this.#record.starts.size > 0;
  }

  /** The shim that took the attempt, if one has yet. It is never replaced. */
  shim(): ShimIdentity | undefined {
    this.#shim ??= readJson<ShimIdentity>(this.layout.shim);
    return this.#shim;
  }

  /** Reads what was added to the journal. Cheap when nothing was. */
  refresh(): void {
    if (this.ended) return;
    const text = readFrom(this.layout.journal, this.#offset);
    const { entries, bytes } = parseEntries(text);
    this.#offset += bytes;
    if (entries.length === 0) return;
    const before = this.#record.seen;
    this.#record = entries.reduce(applyEntry, this.#record);
    if (this.ended) this.unfollow();
    if (this.#record.seen !== before) this.#onChange(this);
  }

  /** Reads the journal whenever it changes, until the attempt has ended. The journal must exist. */
  follow(): void {
    if (this.ended || this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.layout.journal, { persistent: false }, () => this.refresh());
      this.#watcher.on('error', () => this.unfollow());
    } catch {
      // The system has no watches left: the runner's slow look finds the changes, a little later.
    }
    this.refresh();
  }

  unfollow(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

function readFrom(path: string, offset: number): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, fstatSync(fd).size - offset));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(fd);
  }
}
