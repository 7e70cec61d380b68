/** One line at the bottom of a terminal that is written over; nothing anywhere else. */
import { span } from '../output/span.ts';
import type { Session } from '../session.ts';

export interface StatusLine {
  show(text: string): void;
  clear(): void;
}

const SILENT: StatusLine = { show: () => undefined, clear: () => undefined };

/** Back to the start of the line, and erase to its end. */
const ERASE = `\r${String.fromCharCode(27)}[K`;

export function statusLine({ io, paint }: Session): StatusLine {
  const { stderr } = io;
  if (stderr.isTTY !== true) return SILENT;
  const started = io.now();
  let text = '';
  const draw = () => {
    stderr.write(`${ERASE}${paint.dim(`${text}  ${span(io.now() - started)}`)}`);
  };
  const timer = setInterval(draw, 1000);
  timer.unref();
  return {
    show(next) {
      text = next;
      draw();
    },
    clear() {
      clearInterval(timer);
      stderr.write(ERASE);
    },
  };
}
