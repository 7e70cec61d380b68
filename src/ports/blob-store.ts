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
