/** The one gate of every operation, whatever surface it came through: permission, then shape, then the handler. */
import type { z } from 'zod';
import { problemsOf } from '../contract/problems.ts';
import { may, type Principal } from '../core/access/principal.ts';
import { Refused } from '../core/errors/refused.ts';
import type { Ports } from '../ports/index.ts';
import type { BytesOperation, Call, Operation, StreamOperation, UnaryOperation } from './define.ts';

export interface Invocation {
  /** Not yet checked. */
  readonly input: unknown;
  readonly principal: Principal;
  readonly ports: Ports;
  readonly signal: AbortSignal;
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
  if (!may(by.principal, operation.permission)) {
    throw new Refused('auth.forbidden', {
      principal: by.principal.id,
      operation: operation.name,
      permission: operation.permission,
    });
  }
  const parsed = operation.input.safeParse(by.input);
  if (!parsed.success) {
    const details = problemsOf(parsed.error, by.input, operation.input);
    throw new Refused('input.invalid', { count: details.length }, { details });
  }
  const call: Call<unknown> = { ...by, input: parsed.data, now: by.ports.clock.now() };
  return operation.handler(call);
}
