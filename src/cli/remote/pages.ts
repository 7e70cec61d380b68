/** Reads a list page by page, up to a limit. */
import type { Listed } from './kinds/kind.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** The largest page that the API gives. */
const PAGE = 1000;

export async function readPages<T>(
  read: (page: { limit: number; cursor?: string | undefined }) => Promise<Page<T>>,
  limit: number,
): Promise<Listed<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: Math.min(PAGE, limit - items.length), cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < limit);
  return { items, more: cursor !== undefined };
}
