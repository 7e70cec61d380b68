/** Each breaks one invariant of the scheduler, in one place. */

export interface Mutant {
  /** What is broken, in words. */
  readonly breaks: string;
  /** In src/core/scheduling. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Which tests are to find it. */
  readonly suite: string;
}

const PROPERTIES = 'schedule.property.test.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'quota: what siblings use is not counted against what is lent',
    file: 'quota.ts',
    from: 'rest = Math.max(0, usage[own]! - kept) - before;',
    to: 'rest = 0;',
    suite: PROPERTIES,
  },
  {
    breaks: 'quota: the limit of borrowing is ignored',
    file: 'quota.ts',
    from: 'return local + Math.min(most, this.#available(above, cell, usage));',
    to: 'return local + this.#available(above, cell, usage);',
    suite: PROPERTIES,
  },
  {
    breaks: 'quota: the cells of flavors are not looked at',
    file: 'quota.ts',
    from: 'if (amounts[i]! > this.available(queue, cell)) return cell;',
    to: '',
    suite: PROPERTIES,
  },
  {
    breaks: 'capacity: what a cycle has given away is free still',
    file: 'rooms.ts',
    from: 'this.free[at]! -= amount;',
    to: 'this.free[at]! -= amount > 0 ? 0 : amount;',
    suite: PROPERTIES,
  },
  {
    breaks: 'capacity: one more member than a node holds',
    file: 'place.ts',
    from: 'many = Math.floor(free / amounts[i]!);',
    to: 'many = Math.ceil(free / amounts[i]!);',
    suite: PROPERTIES,
  },
  {
    breaks: 'gangs: a part of a gang starts',
    file: 'place.ts',
    from: 'if (total < group.count) return undefined;',
    to: 'if (total === 0) return undefined;\n  group = { ...group, count: Math.min(total, group.count) };',
    suite: PROPERTIES,
  },
  {
    breaks: 'topology: a required level is only preferred',
    file: 'topology.ts',
    from: 'if (topology.required) return [topology.level];',
    to: '',
    suite: PROPERTIES,
  },
  {
    breaks: 'nodes: a cordoned node takes members',
    file: 'selects.ts',
    from: 'if (node.unschedulable) return false;',
    to: '',
    suite: 'schedule',
  },
  {
    breaks: 'order: a strict queue is passed',
    file: 'visit.ts',
    from: "if (cycle.tree.queues[line.queue]!.ordering === 'strict')",
    to: "if (cycle.tree.queues[line.queue]!.ordering === 'strict' && head.job.priority > 50)",
    suite: PROPERTIES,
  },
  {
    breaks: 'backfill: who stays beyond the reservation takes its room',
    file: 'rooms.ts',
    from: 'return ends > this.reservedAt[node]! ? this.long : this.free;',
    to: 'return this.free;',
    suite: PROPERTIES,
  },
  {
    breaks: 'limits: a queue runs more jobs than it may',
    file: 'nominate.ts',
    from: 'running[queue]! < maxRunning',
    to: 'running[queue]! <= maxRunning',
    suite: PROPERTIES,
  },
  {
    breaks: 'preemption: jobs of the same priority take turns',
    file: 'preempt.ts',
    from: 'const outranked = lower && staticRank(job) < staticRank(head.job);',
    to: 'const outranked = job.priority <= head.job.priority;',
    suite: PROPERTIES,
  },
  {
    breaks: 'preemption: more are stopped than need be',
    file: 'preempt.ts',
    from: 'if (fits(future) && !borrowsMore(cycle, trial, rest)) return;',
    to: '',
    suite: PROPERTIES,
  },
  {
    breaks: 'preemption: room is kept for nobody',
    file: 'resume.ts',
    from: 'for (const entry of waiting) start(visits, entry, kept.get(entry.job.uid));',
    to: '',
    suite: PROPERTIES,
  },
  {
    breaks: 'determinism: the order of rows decides',
    file: 'rooms.ts',
    from: 'this.all = [...nodes].sort((a, b) => compare(a.agent, b.agent) || compare(a.name, b.name));',
    to: 'this.all = [...nodes];',
    suite: PROPERTIES,
  },
  {
    breaks: 'a kept board forgets to give back what a job held',
    file: 'board.ts',
    from: 'this.#charge(holder, -1);',
    to: '',
    suite: PROPERTIES,
  },
  {
    breaks: 'fair share: weights are ignored',
    file: 'share.ts',
    from: '/ (this.#tree.queues[queue]!.weight ?? 1))',
    to: '/ 1)',
    suite: 'fairness.test.ts',
  },
  {
    breaks: 'what would help: it is said without being proved',
    file: 'help.ts',
    from: 'if (trials.starts(change)) yield { change, sentence };',
    to: 'trials.starts(change);\n  yield { change, sentence };',
    suite: 'help.property.test.ts',
  },
];
