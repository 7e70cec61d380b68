/** One step of the schema. Once released it never changes: its checksum is kept beside what it made. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /**
   * The lowest `WRITER` that may still write afterwards. A migration that only expands leaves it;
   * one that contracts (a release later) raises it.
   */
  readonly minWriter: number;
}

/** The generation of this program as a writer. Grows when a release begins to write in a new way. */
export const WRITER = 1;
