/** Answers the server's reads of attempt files, a few at a time, so that a large read delays nothing else. */
import type { ReadAnswer, ReadRequest } from '../contract/agent-link.ts';
import type { Channel } from '../ports/link.ts';
import type { Runner } from '../ports/runner.ts';

/** Largest answer, whatever was asked for. */
const LARGEST = 1024 * 1024;

/** Until the connection closes. */
export async function serveReads(runner: Runner, data: Channel<ReadRequest, ReadAnswer>): Promise<void> {
  const cancelled = new Set<number>();
  for await (const request of data.receive()) {
    if (request.type === 'cancel') cancelled.add(request.id);
    else void answer(runner, request).then((reply) => send(data, reply, cancelled));
  }
}

async function answer(runner: Runner, request: Extract<ReadRequest, { type: 'read' }>): Promise<ReadAnswer> {
  const { id, ref, file, offset, limit } = request;
  try {
    const chunk = await runner.read(ref, file, { offset, limit: Math.min(limit, LARGEST) });
    return { type: 'chunk', id, ...chunk };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { type: 'missing', id };
    return { type: 'failed', id, message: error instanceof Error ? error.message : String(error) };
  }
}

function send(data: Channel<ReadRequest, ReadAnswer>, reply: ReadAnswer, cancelled: Set<number>): void {
  if (cancelled.delete(reply.id)) return;
  try {
    data.send(reply);
  } catch {
    // The connection closed meanwhile; whoever asked was told so by that.
  }
}
