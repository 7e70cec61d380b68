/**
 * The processor time of members that have ended. The system adds it, with that of their reaped
 * children, to the shim's own account when it reaps them: the growth is what the last to exit used.
 */
import { readStat } from '../procfs.ts';
import type { Member } from './member.ts';
import type { Usage } from './usage.ts';

interface Credit {
  readonly member: Member;
  readonly tell: (usage: Usage) => void;
}

export class ReapedCpu {
  #countedMs = 0;
  #waiting: Credit[] = [];

  /** Call when the members have started and nothing else is still to be reaped. */
  begin(): void {
    this.#countedMs = reapedMs();
  }

  /** Tells the member's final usage soon, once all that ended at the same moment are known. */
  credit(member: Member, tell: (usage: Usage) => void): void {
    this.#waiting.push({ member, tell });
    if (this.#waiting.length === 1) setImmediate(() => this.#settle());
  }

  /** Several at once share the growth in proportion to what was seen of them. */
  #settle(): void {
    const total = reapedMs();
    const grown = total - this.#countedMs;
    this.#countedMs = total;
    const credits = this.#waiting.splice(0);
    const seen = credits.reduce((sum, { member }) => sum + member.meter.usage.cpuMs + 1, 0);
    for (const { member, tell } of credits) {
      member.meter.settleCpu((grown * (member.meter.usage.cpuMs + 1)) / seen);
      tell(member.meter.usage);
    }
  }
}

function reapedMs(): number {
  return readStat('self')?.reapedCpuMs ?? 0;
}
