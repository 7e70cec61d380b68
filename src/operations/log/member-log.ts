/** Reads one member's log record by record, from wherever its file is, and knows where it stands. */
import { type LogRecord, parseRecords } from '../../core/kube/cri-log.ts';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';

export type ReadAt = (range: ReadRange) => Promise<FileChunk | undefined>;

/** Larger than any record (16 KiB and its head), small enough for a hundred members at once. */
const CHUNK = 64 * 1024;

export class MemberLog {
  readonly rank: number;
  readonly role: string;
  readonly index: number;
  readonly #read: ReadAt;
  #readTo: number;
  #rest: Uint8Array = new Uint8Array();
  #records: LogRecord[] = [];
  /** Offset after the last record taken: where reading resumes. */
  offset: number;
  /** Nothing more will ever come, but for what is buffered. */
  eof = false;
  /** The last read brought nothing: this is where the writer stands. */
  atEnd = false;

  constructor(of: { rank: number; role: string; index: number }, from: number, read: ReadAt) {
    this.rank = of.rank;
    this.role = of.role;
    this.index = of.index;
    this.offset = from;
    this.#readTo = from;
    this.#read = read;
  }

  /** Reads on when nothing is buffered. */
  async fill(): Promise<void> {
    if (this.#records.length > 0 || this.eof) return;
    const chunk = await this.#read({ offset: this.#readTo, limit: CHUNK });
    if (!chunk) {
      this.eof = true;
      return;
    }
    // A cap may have dropped what lay between: go on from where the file begins now.
    if (chunk.offset > this.#readTo) this.#skipTo(chunk.offset);
    this.#readTo = chunk.offset + chunk.bytes.length;
    this.atEnd = chunk.bytes.length === 0;
    this.eof = chunk.eof;
    this.#take(chunk.bytes);
  }

  #skipTo(offset: number): void {
    this.#rest = new Uint8Array();
    this.offset = offset;
  }

  #take(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#records = parseRecords(all);
    const used = this.#records.reduce((sum, record) => sum + record.length, 0);
    this.#rest = all.subarray(used);
  }

  get next(): LogRecord | undefined {
    return this.#records[0];
  }

  take(): LogRecord | undefined {
    const record = this.#records.shift();
    if (record) this.offset += record.length;
    return record;
  }
}
