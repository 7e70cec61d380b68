/** An event as the API shows it. */
import { formatTime } from '../../contract/scalars.ts';
import type { EventView } from '../../contract/stream.ts';
import type { StoredEvent } from '../../ports/event-store.ts';

export function viewEvent(event: StoredEvent): EventView {
  const { cursor, at, type, reason, message, project, job, uid, state } = event;
  return { id: cursor, at: formatTime(at), type, reason, message, project, job, uid, state };
}
