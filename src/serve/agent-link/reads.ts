/** Reads files of attempts through an agent's data connection: each request has a deadline, and there is a limit of them. */
import type { ReadAnswer, ReadRequest } from '../../contract/agent-link.ts';
import type { AttemptFile, AttemptRef } from '../../core/job/attempt.ts';
import type { Channel } from '../../ports/link.ts';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';

const DEADLINE = 10_000;

interface Waiting {
  readonly resolve: (chunk: FileChunk | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class AgentReads {
  readonly #channel: Channel<ReadAnswer, ReadRequest>;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(channel: Channel<ReadAnswer, ReadRequest>) {
    this.#channel = channel;
  }

  /** Until the connection closes; whoever still waits then is told. */
  async run(): Promise<void> {
    for await (const answer of this.#channel.receive()) this.#answer(answer);
    for (const id of [...this.#waiting.keys()])
      this.#settle(id, (waiting) => waiting.reject(new Error('the agent is gone')));
  }

  read(ref: AttemptRef, file: AttemptFile, range: ReadRange): Promise<FileChunk | undefined> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(id), DEADLINE);
      this.#waiting.set(id, { resolve, reject, timer });
      try {
        this.#channel.send({ type: 'read', id, ref, file, ...range });
      } catch (error) {
        this.#settle(id, (waiting) => waiting.reject(new Error('the agent is gone', { cause: error })));
      }
    });
  }

  #answer(answer: ReadAnswer): void {
    this.#settle(answer.id, ({ resolve, reject }) => {
      if (answer.type === 'failed') reject(new Error(answer.message));
      else
        resolve(
          answer.type === 'chunk'
            ? { offset: answer.offset, bytes: answer.bytes, eof: answer.eof }
            : undefined,
        );
    });
  }

  #giveUp(id: number): void {
    this.#settle(id, ({ reject }) =>
      reject(new Error(`the agent did not answer within ${DEADLINE / 1000} s`)),
    );
    try {
      this.#channel.send({ type: 'cancel', id });
    } catch {
      // The channel is closed: there is nothing to cancel.
    }
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  }
}
