/** Prints log lines: a prefix per member, whole lines even when members write at the same time. */
import type { LogLine } from '../../contract/stream.ts';
import { logText } from '../output/safe-text.ts';
import type { Session } from '../session.ts';

export interface LogStyle {
  /** `[worker-0]` before each line. */
  readonly prefix: boolean;
  readonly timestamps: boolean;
}

export interface LogPrinter {
  (line: LogLine): void;
  /** Ends a line that was left open. */
  end(): void;
}

export function logPrinter({ io, paint, note }: Session, { prefix, timestamps }: LogStyle): LogPrinter {
  const places = new Map<string, number>();
  /** Of whom the last line goes on in its next item. */
  let open: string | undefined;
  let attempt: number | undefined;
  const placeOf = (member: string) => places.get(member) ?? places.set(member, places.size).size - 1;

  const head = (line: LogLine, member: string) => {
    const time = timestamps ? `${paint.dim(line.at)} ` : '';
    const name = prefix ? `${paint.member(placeOf(member), `[${member}]`)} ` : '';
    return time + name + (line.stream === 'capstan' ? 'capstan: ' : '');
  };
  const end = () => {
    if (open !== undefined) io.stdout.write('\n');
    open = undefined;
  };
  const print = (line: LogLine) => {
    const member = `${line.role}-${line.member}`;
    if (attempt !== undefined && line.attempt !== attempt) note(paint.dim(`attempt ${line.attempt}`));
    attempt = line.attempt;
    if (open !== undefined && open !== member) end();
    const text = io.stdout.isTTY === true ? logText(line.text) : line.text;
    io.stdout.write((open === member ? '' : head(line, member)) + text + (line.partial ? '' : '\n'));
    open = line.partial ? member : undefined;
  };
  return Object.assign(print, { end });
}
