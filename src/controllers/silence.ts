/**
 * Agents that are not heard: their jobs say so, and keep their places. Agents that are heard again: so do
 * their jobs.
 */

import { systemEntry } from '../core/audit/record.ts';
import type { Job } from '../core/job/job.ts';
import { agentHeard, agentSilent } from '../core/job/reach.ts';
import type { Decision } from '../core/job/transition.ts';
import type { AgentRecord } from '../ports/agent-store.ts';
import type { Ports } from '../ports/index.ts';

/** How long an agent may be silent before its jobs count as unreachable, milliseconds: four heartbeats. */
export const SILENT_AFTER = 20_000;

const LOOK_AGAIN = 5000;

/** Looks after which the jobs of every agent are seen to, also where another server told them of a silence. */
const LOOK_ANYWAY = 12;

/** Between two looks that come one after the other, milliseconds. More, or less than none, is a gap. */
const NO_GAP = 3 * LOOK_AGAIN;

export class Silence {
  readonly #ports: Ports;
  /** Whoever could not be heard before this moment has their time from it. */
  #listensSince: number;
  #lookedAt: number;
  #looks = 0;
  /** Whose jobs were told. */
  readonly #silent = new Set<string>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#listensSince = ports.clock.now();
    this.#lookedAt = this.#listensSince;
  }

  async round(): Promise<number> {
    const now = this.#ports.clock.now();
    const records = await this.#ports.agents.list();
    // The server was frozen, the store away, or the clock was set: nobody's silence was heard meanwhile.
    const since = now - this.#lookedAt;
    if (since < 0 || since > NO_GAP) this.#listensSince = now;
    this.#lookedAt = now;
    const anyway = this.#looks % LOOK_ANYWAY === 0;
    this.#looks += 1;
    for (const agent of records) await this.#judge(agent, { now, anyway });
    return LOOK_AGAIN;
  }

  async #judge(agent: AgentRecord, { now, anyway }: { now: number; anyway: boolean }): Promise<void> {
    const { name, lastHeard, connected } = agent;
    if (now - Math.max(lastHeard, this.#listensSince) > SILENT_AFTER) {
      this.#silent.add(name);
      if (connected) await this.#ports.agents.gone(name, now);
      return this.#tell(name, (job) => agentSilent(job, { now, lastHeard }));
    }
    const heard = connected && now - lastHeard <= SILENT_AFTER;
    if (!heard || !(anyway || this.#silent.has(name))) return;
    await this.#tell(name, (job) => agentHeard(job, { now }));
    this.#silent.delete(name);
  }

  async #tell(agent: string, decide: (job: Job) => Decision): Promise<void> {
    const { audit, clock, jobs } = this.#ports;
    const entry = systemEntry('silence', 'agent.reach', clock.now());
    for (const job of await jobs.heldBy(agent)) {
      const decision = decide(job);
      if (decision.kind === 'transition') await audit.within(entry, () => jobs.apply(decision.transition));
    }
  }
}
