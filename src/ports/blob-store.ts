/** Large bytes: logs, outputs, later payloads and evidence. Keys are `/`-separated safe segments. */
export interface BlobInfo {
  readonly bytes: number;
}

export interface BlobStore {
  /** Replaces whatever the key held, atomically. */
  put(key: string, content: AsyncIterable<Uint8Array>): Promise<BlobInfo>;
  /** At most `limit` bytes from `offset`; undefined when there is no such blob. */
  read(
    key: string,
    range: { readonly offset: number; readonly limit: number },
  ): Promise<Uint8Array | undefined>;
  stat(key: string): Promise<BlobInfo | undefined>;
  /** Removes every blob whose key begins with `prefix` (which ends with `/`). */
  removeAll(prefix: string): Promise<void>;
}

/** No separator, no NUL, nothing that a file system or a URL treats specially. */
const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/;

const LONGEST_KEY = 1024;

/** The segments of a key. Throws TypeError for what is no key, so that none leads out of the store. */
export function blobSegments(key: string): readonly string[] {
  const segments = key.split('/');
  const safe = segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..');
  if (!safe || key.length > LONGEST_KEY) {
    throw new TypeError(`not a blob key: ${JSON.stringify(key.slice(0, 100))}`);
  }
  return segments;
}

/** The same for a prefix, which ends with `/` and is never empty. */
export function blobPrefixSegments(prefix: string): readonly string[] {
  if (!prefix.endsWith('/'))
    throw new TypeError(`not a blob prefix: ${JSON.stringify(prefix.slice(0, 100))}`);
  return blobSegments(prefix.slice(0, -1));
}
