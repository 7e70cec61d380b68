/** Decisions of a server, page by page: for `capstan replay`. */
import type { DecisionList } from '../../contract/scheduling.ts';
import type { Session } from '../session.ts';

const PAGE = 200;

export async function decisionsOnServer(session: Session, from: number): Promise<DecisionList> {
  const client = await session.client();
  return client.call('scheduling.decisions', { from, limit: PAGE });
}
