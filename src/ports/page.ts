/** Pages of lists. A cursor is opaque to all but the store that gave it. */
export interface Page {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

export interface LabelTest {
  readonly key: string;
  readonly op: 'equals' | 'differs' | 'exists' | 'absent';
  readonly value: string;
}
