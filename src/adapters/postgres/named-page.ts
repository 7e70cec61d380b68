/** Pages of things that are listed by name. */
import type { Page, PageOf } from '../../ports/page.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { cutPage } from './paging.ts';

export interface NamedPage {
  /** The name after which the page begins: '' for the first. */
  readonly after: string;
  readonly limit: number;
}

export function namedPage({ cursor, limit }: Page): NamedPage {
  const after = cursor === undefined ? '' : decodeCursor(cursor, isName)[0];
  return { after, limit: limit + 1 };
}

export function pageOfNamed<T extends { readonly name: string }>(rows: readonly T[], page: Page): PageOf<T> {
  return cutPage(rows, page.limit, (last) => encodeCursor([last.name]));
}

function isName(parts: readonly unknown[]): parts is readonly [string] {
  return parts.length === 1 && typeof parts[0] === 'string';
}
