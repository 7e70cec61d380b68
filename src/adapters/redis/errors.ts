/** What can be wrong with the Redis that is configured, each with what to do next. Never repeats the URL. */

export type RedisErrorCode = 'Unsafe' | 'Refused';

export class RedisError extends Error {
  readonly code: RedisErrorCode;
  readonly next: string;

  constructor(code: RedisErrorCode, said: { message: string; next: string; cause?: unknown }) {
    super(`${said.message}. ${said.next}`, { cause: said.cause });
    this.name = 'RedisError';
    this.code = code;
    this.next = said.next;
  }
}
