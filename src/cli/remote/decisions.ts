/** Decisions of a server, page by page: for `capstan replay`. */
import type { DecisionList } from '../../contract/scheduling.ts';
import type { Session } from '../session.ts';

const PAGE = 200;

/** @param base with all that the first was made on */
export async function decisionsOnServer(
  session: Session,
  { from, base }: { readonly from: number; readonly base: boolean },
): Promise<DecisionList> {
  const client = await session.client();
  return client.call('scheduling.decisions', { from, base, limit: PAGE });
}
