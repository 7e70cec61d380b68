/** Answers an operation that answers with bytes. A content that is not as long as promised breaks the connection, never passes as whole. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BytesOperation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import { callerOf, goneSignal, type Serving } from './exchange.ts';
import { originOf } from './origin.ts';

export async function answerBytes(
  operation: BytesOperation,
  input: unknown,
  { request, reply, serving }: { request: FastifyRequest; reply: FastifyReply; serving: Serving },
): Promise<FastifyReply> {
  const { principal } = callerOf(request);
  const { bytes, content } = await invoke(operation, {
    input,
    principal,
    ports: serving.ports,
    signal: goneSignal(reply),
    origin: originOf(request, serving),
  });
  const chunks = content[Symbol.asyncIterator]();
  // Read before the head is sent, so that a file that cannot be read has its own status.
  const first = await chunks.next();
  return reply
    .headers({
      'content-type': 'application/octet-stream',
      'content-length': bytes,
      'content-disposition': 'attachment',
    })
    .send(Readable.from(exactly(bytes, first, chunks), { objectMode: false }));
}

async function* exactly(
  bytes: number,
  first: IteratorResult<Uint8Array>,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for (let next = first; !next.done; next = await chunks.next()) {
      sent += next.value.length;
      if (sent > bytes) break;
      if (next.value.length > 0) yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
  if (sent !== bytes) throw new Error(`${sent} bytes came where ${bytes} were promised`);
}
