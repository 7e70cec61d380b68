/** Cuts a page out of one row more than was asked for: the row too many says that there is a next page. */
import type { PageOf } from '../../ports/page.ts';

export function cutPage<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): PageOf<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last) : undefined };
}
