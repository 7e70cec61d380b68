/** The one gate of every operation, whatever surface it came through: permission, then shape, then the handler. */
import type { z } from 'zod';
import { problemsOf } from '../contract/problems.ts';
import { may, type Principal, type Target } from '../core/access/principal.ts';
import { Refused } from '../core/errors/refused.ts';
import type { Ports } from '../ports/index.ts';
import { audited, noteRefusal, type Origin } from './audit/audited.ts';
import type { BytesOperation, Call, Operation, StreamOperation, UnaryOperation } from './define.ts';

export interface Invocation {
  /** Not yet checked. */
  readonly input: unknown;
  readonly principal: Principal;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** For the audit. */
  readonly origin?: Origin | undefined;
  /** W3C `traceparent` that the request came with, where it is one. */
  readonly traceparent?: string | undefined;
}

/** Throws Refused: `auth.forbidden`, `input.invalid`, or what the handler refuses. */
export function invoke<I extends z.ZodType, O extends z.ZodType>(
  operation: UnaryOperation<I, O>,
  by: Invocation,
): Promise<z.output<O>>;
export function invoke<I extends z.ZodType, O extends z.ZodType>(
  operation: StreamOperation<I, O>,
  by: Invocation,
): AsyncIterable<z.output<O>>;
export function invoke<I extends z.ZodType, O extends z.ZodType>(
  operation: BytesOperation<I, O>,
  by: Invocation,
): ReturnType<BytesOperation<I, O>['handler']>;
export function invoke(operation: Operation, by: Invocation): unknown {
  const answer = audited(operation, admitted(operation, by), by.origin);
  return operation.permission === 'open' ? watched(operation, by, answer) : answer;
}

/** A sign-in that failed is counted as well. */
async function watched(operation: Operation, by: Invocation, answer: unknown): Promise<unknown> {
  const { input, origin } = by;
  return Promise.resolve(answer).catch((error: unknown) => {
    noteRefusal(operation, { error, input, origin }, by);
    throw error;
  });
}

function admitted(operation: Operation, by: Invocation): Call<unknown> {
  const { input, origin } = by;
  try {
    return checked(operation, by);
  } catch (error) {
    noteRefusal(operation, { error, input, origin }, by);
    throw error;
  }
}

function checked(operation: Operation, by: Invocation): Call<unknown> {
  // Who holds the permission nowhere learns nothing of what a valid input would be.
  if (!may(by.principal, operation, 'any')) throw forbidden(operation, by.principal);
  const parsed = operation.input.safeParse(by.input);
  if (!parsed.success) {
    const details = problemsOf(parsed.error, by.input, operation.input);
    throw new Refused('input.invalid', { count: details.length }, { details });
  }
  checkTarget(operation, operation.target(parsed.data), by.principal);
  return { ...by, input: parsed.data, now: by.ports.clock.now() };
}

/** A project that somebody may not see is answered as one that is not there. */
function checkTarget(operation: Operation, target: Target | 'any', principal: Principal): void {
  if (may(principal, operation, target)) return;
  const { project } = target as Target;
  const sees = project !== undefined && may(principal, SEE_PROJECT, { project });
  if (project !== undefined && !sees) throw new Refused('project.not_found', { project });
  throw forbidden(operation, principal);
}

const SEE_PROJECT = { name: 'project.get', permission: 'project:read' } as const;

function forbidden({ name, permission }: Operation, { id }: Principal): Refused {
  return new Refused('auth.forbidden', { principal: id, operation: name, permission });
}
