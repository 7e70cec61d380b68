/** What can come instead of an answer. All that this package throws on purpose is a `CapstanError`, or a `TypeError` for wrong arguments. */
import type { ErrorBody, ErrorDetail, Outcome, TaskError } from './api.ts';

export interface ErrorFacts {
  /** Stable, for programs: docs/errors.md lists the server's; those that begin with `client.` come from here. */
  readonly code: string;
  /** Of HTTP; 0 without an answer. */
  readonly status?: number | undefined;
  /** What to do about it. */
  readonly next?: string | undefined;
  /** Which fields are wrong. */
  readonly details?: readonly ErrorDetail[] | undefined;
  /** Finds the request in the server's log. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

const MOST_DETAILS_TOLD = 3;

/** A refusal by the server, or no answer from it. */
export class CapstanError extends Error {
  readonly code: string;
  readonly status: number;
  readonly next: string;
  readonly details: readonly ErrorDetail[];
  readonly requestId: string;

  constructor(message: string, facts: ErrorFacts) {
    const { code, status = 0, next = '', details = [], requestId = '', cause } = facts;
    super(message + told(details), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.next = next;
    this.details = details;
    this.requestId = requestId;
  }
}

function told(details: readonly ErrorDetail[]): string {
  if (details.length === 0) return '';
  const shown = details
    .slice(0, MOST_DETAILS_TOLD)
    .map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
  const left = details.length - shown.length;
  return ` (${[...shown, ...(left > 0 ? [`and ${left} more`] : [])].join('; ')})`;
}

/** No answer, or one that does not come from Capstan. The request may or may not have arrived. */
export class Unreachable extends CapstanError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'client.unreachable',
      next: 'Check the address (CAPSTAN_SERVER) and that the server runs.',
      cause,
    });
  }
}

/** The time that the caller gave is over; the tasks go on. */
export class WaitTimeout extends CapstanError {
  /** What was there by then. */
  readonly done: readonly Outcome[];

  constructor(message: string, done: readonly Outcome[]) {
    super(message, { code: 'client.timeout', next: 'Wait again: the tasks go on.' });
    this.done = done;
  }
}

/** A task ended without a result. */
export class TaskFailed extends CapstanError {
  readonly uid: string;
  readonly job: string;
  readonly state: Outcome['state'];
  readonly reason: string;
  /** What its handler threw, when it was that. */
  readonly error: TaskError | undefined;

  constructor(outcome: Outcome, code = 'client.task-failed') {
    const { uid, name, state, reason, error } = outcome;
    const sentence = error ? `${error.type ?? 'Error'}: ${error.message}` : outcome.message || reason;
    super(`${name} ${state}: ${sentence}`, { code });
    this.uid = uid;
    this.job = name;
    this.state = state;
    this.reason = reason;
    this.error = error;
  }
}

/** A task was cancelled before it had a result. */
export class TaskCancelled extends TaskFailed {
  constructor(outcome: Outcome) {
    super(outcome, 'client.task-cancelled');
  }
}

/** The server does not want this worker: its key, what it asks for, or what it said. Trying again is no use. */
export class WorkerRefused extends CapstanError {}

/** Thrown by a handler when another attempt would fail as well: a dead letter at once. */
export class NonRetryable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What the body of a refusal says, or that it is no body of ours. */
export function refusalOf(answer: Answer): CapstanError {
  const error = bodyOf(answer.body);
  if (!error) {
    const kind = answer.headers['content-type'] ?? 'no content type';
    return new Unreachable(`what answers is not Capstan: HTTP ${answer.status}, ${kind}`);
  }
  const { code, message, next, details, request_id } = error;
  return new CapstanError(message, { code, status: answer.status, next, details, requestId: request_id });
}

function bodyOf(body: Buffer): ErrorBody | undefined {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: ErrorBody };
    return typeof error?.message === 'string' && typeof error.code === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
