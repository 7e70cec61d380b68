/** Two ends of an in-memory connection. Messages are copied, as a wire would, so that no side sees the other's objects. */
import type { Channel } from '../../ports/link.ts';

export function memoryPair<A, B>(): readonly [Channel<A, B>, Channel<B, A>] {
  const toLeft = new Mailbox<A>();
  const toRight = new Mailbox<B>();
  const close = () => {
    toLeft.close();
    toRight.close();
  };
  const left: Channel<A, B> = {
    send: (message) => toRight.put(message),
    receive: () => toLeft.take(),
    close,
  };
  const right: Channel<B, A> = {
    send: (message) => toLeft.put(message),
    receive: () => toRight.take(),
    close,
  };
  return [left, right];
}

class Mailbox<T> {
  readonly #messages: T[] = [];
  #closed = false;
  #wake: () => void = () => {};

  put(message: T): void {
    if (this.#closed) throw new Error('the link is closed');
    this.#messages.push(structuredClone(message));
    this.#wake();
  }

  async *take(): AsyncGenerator<T> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
