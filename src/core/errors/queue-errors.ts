/** The part of the catalogue that is about queues, their grants and flavors, and scheduling. */
import type { ErrorKind } from './error-kind.ts';

export const QUEUE_ERRORS = {
  'queue.not_found': {
    status: 404,
    message: 'there is no queue {queue}',
    next: '`capstan get queues` lists them.',
  },
  'queue.in_use': {
    status: 409,
    message: 'queue {queue} is used by {what}',
    next: 'Move or end what uses it first.',
  },
  'queue.tree': {
    status: 422,
    message: 'queue {queue} can not be like that: {field}: {why}',
    next: '{remedy}',
  },
  'scheduling.elsewhere': {
    status: 503,
    message: 'another server schedules; only it can say',
    next: 'Try again in a few seconds, or ask the other server.',
  },
  'scheduling.node_not_found': {
    status: 404,
    message: 'there is no node {node}',
    next: '`capstan get nodes` lists them.',
  },
  'flavor.not_found': {
    status: 404,
    message: 'there is no flavor {flavor}',
    next: '`capstan get flavors` lists them.',
  },
  'flavor.in_use': {
    status: 409,
    message: 'flavor {flavor} is named by {queues} queue(s)',
    next: 'Take it out of the `flavors` of those queues first: `capstan get queues -o wide` shows them.',
  },
  'queue.draining': {
    status: 409,
    message: 'queue {queue} is draining and accepts no new job',
    next: 'Use another queue, or wait until it is open again.',
  },
  'grant.missing': {
    status: 403,
    message: 'project {project} may not use queue {queue}',
    next: 'An administrator grants it: a QueueGrant for the two, by `capstan apply -f`.',
  },
  'grant.not_found': {
    status: 404,
    message: 'there is no grant of queue {queue} to project {project}',
    next: '`capstan get queuegrants` lists them.',
  },
  'grant.priority': {
    status: 403,
    message:
      'priority {priority} is above {max}, the highest that project {project} may use in queue {queue}',
    next: 'Submit with priority {max} or less.',
  },
} as const satisfies Record<string, ErrorKind>;
