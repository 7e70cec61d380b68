/** JSON of a task that lies with the blobs. */
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const CHUNK = 256 * 1024;

/** Of a known size, in pieces. */
export async function* contentOf(ports: Pick<Ports, 'blobs'>, key: string): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const bytes = await ports.blobs.read(key, { offset, limit: CHUNK });
    if (!bytes && offset === 0) throw new Refused('task.no_result', { job: key, state: 'lost' });
    if (!bytes || bytes.length === 0) return;
    yield bytes;
    offset += bytes.length;
  }
}

/** Inline JSON, or what lies with the blobs. */
export async function bytesOf(
  ports: Pick<Ports, 'blobs'>,
  of: { readonly inline: string | undefined; readonly bytes: number | undefined; readonly key: string },
): Promise<{ bytes: number; content: AsyncIterable<Uint8Array> }> {
  if (of.inline !== undefined) {
    const bytes = Buffer.from(of.inline);
    return { bytes: bytes.length, content: once(bytes) };
  }
  return { bytes: of.bytes ?? 0, content: contentOf(ports, of.key) };
}
