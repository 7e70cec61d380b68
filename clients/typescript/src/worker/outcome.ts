/** What a handler came to, as the server keeps it. */
import type { TaskError } from '../api.ts';
import { NonRetryable } from '../errors.ts';
import { clip } from './clip.ts';
import { LIMITS } from './link/protocol.ts';

/** The handler returned what can not be stored: no JSON, or too much of it. */
export class ResultRefused extends NonRetryable {}

/** A batch handler returned something other than one result for each task. */
export class WrongBatch extends NonRetryable {}

/** Nothing at all is `null`. @throws ResultRefused */
export function encoded(value: unknown): string {
  if (value === undefined) return 'null';
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ResultRefused(`the result is no JSON: ${why}`, { cause: error });
  }
  if (json === undefined) throw new ResultRefused(`the result is no JSON: it is a ${typeof value}`);
  return json;
}

/** Message, name of the class, stack, and whether another attempt makes sense. */
export function taskError(thrown: unknown): TaskError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    message: clip(error.message || error.name, LIMITS.message),
    type: clip(typeOf(error), LIMITS.type),
    ...(error.stack === undefined ? {} : { stack: clip(error.stack, LIMITS.stack) }),
    retryable: !(error instanceof NonRetryable),
  };
}

/** A subclass that sets no `name` inherits its parent's: then the class's own says more. */
function typeOf(error: Error): string {
  const own = error.constructor.name;
  return (error.name === 'Error' && own ? own : error.name) || 'Error';
}
