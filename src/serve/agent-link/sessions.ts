/** The agents that are connected to this server, and the files that can be read through them. */
import type { FromAgent, ReadAnswer, ReadRequest, ToAgent } from '../../contract/agent-link.ts';
import type { Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptFile, AttemptRef } from '../../core/job/attempt.ts';
import type { AttemptFiles } from '../../ports/attempt-files.ts';
import type { Ports } from '../../ports/index.ts';
import type { Channel } from '../../ports/link.ts';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';
import { AgentReads } from './reads.ts';
import { AgentSession, type SessionOptions } from './session.ts';

export interface Connection {
  readonly principal: Principal;
  readonly control: Channel<FromAgent, ToAgent>;
  readonly data: Channel<ReadAnswer, ReadRequest>;
}

export class AgentSessions implements AttemptFiles {
  readonly #reads = new Map<string, AgentReads>();
  readonly #connections = new Set<Connection>();
  readonly #onTrouble: SessionOptions['onTrouble'];

  constructor(onTrouble: SessionOptions['onTrouble']) {
    this.#onTrouble = onTrouble;
  }

  connected(): readonly string[] {
    return [...this.#reads.keys()];
  }

  /** Serves one agent until it is gone. */
  async serve(ports: Ports, connection: Connection): Promise<void> {
    const { principal, control, data } = connection;
    const messages = control.receive()[Symbol.asyncIterator]();
    this.#connections.add(connection);
    let name: string | undefined;
    try {
      const session = await AgentSession.open(
        { ports, principal, control, onTrouble: this.#onTrouble },
        messages,
      );
      name = session.name;
      if (this.#reads.has(name)) throw new Error(`agent ${name} is connected already`);
      const reads = new AgentReads(data);
      this.#reads.set(name, reads);
      await Promise.all([session.run(messages).finally(() => data.close()), reads.run()]);
    } finally {
      if (name !== undefined) this.#reads.delete(name);
      this.#connections.delete(connection);
      control.close();
      data.close();
    }
  }

  async read(
    agent: string,
    ref: AttemptRef,
    file: AttemptFile,
    range: ReadRange,
  ): Promise<FileChunk | undefined> {
    const reads = this.#reads.get(agent);
    if (!reads) throw new Refused('agent.unavailable', { agent });
    try {
      return await reads.read(ref, file, range);
    } catch (error) {
      throw new Refused('agent.unavailable', { agent }, { cause: error });
    }
  }

  close(): void {
    for (const { control, data } of this.#connections) {
      control.close();
      data.close();
    }
  }
}
