/**
 * Lines of the CRI log format, which kubelets and our shim write:
 * `<RFC 3339 time> <stream> <F|P> <bytes>\n`; P: the line goes on in the next record.
 * Source: Kubernetes, "kubelet CRI logging" design (pkg/kubelet/kuberuntime/logs).
 */

export interface LogRecord {
  /** Epoch milliseconds. */
  readonly at: number;
  /** As written, with its nanoseconds. */
  readonly time: string;
  readonly stream: string;
  readonly partial: boolean;
  readonly bytes: Uint8Array;
  /** Bytes of the record in the file, the newline included. */
  readonly length: number;
}

const NEWLINE = 10;
const SPACE = 32;
const PARTIAL = 80;

/** Whole records at the beginning of `bytes`; what follows the last newline is left for the next read. */
export function parseRecords(bytes: Uint8Array): LogRecord[] {
  const records: LogRecord[] = [];
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0) return records;
    records.push(parseRecord(bytes.subarray(from, end)));
    from = end + 1;
  }
}

const ascii = new TextDecoder('latin1');

/** A line that is no record (a file cut by a crash) is kept as text of unknown time. */
function parseRecord(line: Uint8Array): LogRecord {
  const length = line.length + 1;
  const timeEnd = line.indexOf(SPACE);
  const streamEnd = line.indexOf(SPACE, timeEnd + 1);
  const time = ascii.decode(line.subarray(0, Math.max(0, timeEnd)));
  const at = Date.parse(time);
  if (timeEnd < 0 || streamEnd < 0 || Number.isNaN(at)) {
    return { at: 0, time: new Date(0).toISOString(), stream: 'stdout', partial: false, bytes: line, length };
  }
  return {
    at,
    time,
    stream: ascii.decode(line.subarray(timeEnd + 1, streamEnd)),
    partial: line[streamEnd + 1] === PARTIAL,
    bytes: line.subarray(streamEnd + 3),
    length,
  };
}
