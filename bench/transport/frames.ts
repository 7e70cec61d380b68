/** Messages in a stream of bytes: four bytes of length, then UTF-8. WebSocket brings its own. */
import type { Readable } from 'node:stream';

export function framed(text: string): Buffer {
  const body = Buffer.from(text);
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, 4);
  return frame;
}

export function framesOf(stream: Readable, hear: (text: string) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      hear(rest.toString('utf8', 4, end));
      rest = rest.subarray(end);
    }
  });
}
