/** Follows job events in commit order, from a cursor on. */

import { EventView, FollowEvents } from '../../contract/stream.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { EventFilter, StoredEvent } from '../../ports/event-store.ts';
import type { Ports } from '../../ports/index.ts';
import { defineStream } from '../define.ts';
import { loadJob } from '../job/load.ts';
import { visibleProjects } from '../visible.ts';
import { changes } from './changes.ts';
import { viewEvent } from './view.ts';

const BATCH = 500;

const ASKED = { name: 'event.follow', permission: 'job:read' } as const;

export const followEvents = defineStream({
  ...ASKED,
  summary: 'Follow job events',
  input: FollowEvents,
  output: EventView,
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/events/follow' },
  async *handler({ input, principal, ports, signal }) {
    const filter = await filterOf(ports, input, visibleProjects(principal, ASKED, input.project));
    const cursor =
      input.after === undefined || input.after === 'start'
        ? await ports.events.cursor(input.after ?? 'now')
        : input.after;
    for await (const event of follow(ports, { cursor, filter }, signal)) yield viewEvent(event);
  },
});

/** Every event after a cursor, for as long as the signal lets it. Throws Refused `cursor.expired`. */
export async function* follow(
  ports: Ports,
  from: { cursor: string; filter: EventFilter },
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  let { cursor } = from;
  while (!signal.aborted) {
    // Subscribed before reading: what commits in between wakes the next round.
    const woken = changes(ports, from.filter.job, signal);
    const batch = await ports.events.after(cursor, from.filter, BATCH);
    yield* batch.events;
    cursor = batch.cursor;
    if (batch.events.length < BATCH) await woken;
  }
}

/**
 * A job is named within its project, or by uid.
 * @param visible the projects that who asks may see; undefined: all of them
 */
export async function filterOf(
  ports: Ports,
  of: { project?: string | undefined; job?: string | undefined },
  visible: readonly string[] | undefined,
): Promise<EventFilter> {
  if (of.job === undefined) return { project: of.project, projects: visible };
  const project = of.project ?? 'default';
  if (visible && !visible.includes(project)) throw new Refused('project.not_found', { project });
  const job = await loadJob(ports, { project, job: of.job });
  return { project: job.project, job: job.uid };
}
