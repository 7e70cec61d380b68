import { describe, expect, test } from 'vitest';
import type { FromAgent } from '../contract/agent-link.ts';
import type { AttemptObservation, AttemptPhase } from '../core/job/attempt.ts';
import { Reporter } from './report.ts';

function seen(job: string, phase: AttemptPhase): AttemptObservation {
  return { ref: { job, attempt: 1 }, phase, members: [], outputs: [], notes: [] };
}

/** What was said, as `SEQ: JOB PHASE, …`. */
function aReporter() {
  const said: string[] = [];
  const reporter = new Reporter((message: FromAgent) => {
    if (message.type !== 'observed') return;
    said.push(
      `${message.seq}: ${message.attempts.map(({ ref, phase }) => `${ref.job} ${phase}`).join(', ')}`,
    );
  });
  return { reporter, said };
}

describe('what an agent reports', () => {
  test('a burst becomes one message, sent when the one before is acknowledged', () => {
    const { reporter, said } = aReporter();
    reporter.saw(seen('a', 'running'));
    reporter.saw(seen('b', 'running'));
    reporter.saw(seen('b', 'ended'));
    expect(said).toEqual(['1: a running']);
    reporter.acknowledged(1);
    expect(said).toEqual(['1: a running', '2: b ended']);
  });

  test('thousands are said a few hundred at a time, oldest first', () => {
    const { reporter, said } = aReporter();
    reporter.saw(seen('first', 'running'));
    for (let i = 0; i < 700; i += 1) reporter.saw(seen(`j${i}`, 'running'));
    reporter.acknowledged(1);
    reporter.acknowledged(2);
    expect(said.map((message) => message.split(',').length)).toEqual([1, 500, 200]);
    expect(said[1]).toMatch(/^2: j0 running/);
  });

  test('what is not acknowledged is said again, as it is by then', () => {
    const { reporter, said } = aReporter();
    reporter.saw(seen('a', 'running'));
    reporter.saw(seen('b', 'running'));
    reporter.saw(seen('a', 'ended'));
    reporter.look();
    expect(said).toHaveLength(1);
    reporter.look();
    expect(said).toEqual(['1: a running', '2: a ended, b running']);
  });

  test('an acknowledgement of what was said again meanwhile counts for nothing', () => {
    const { reporter, said } = aReporter();
    reporter.saw(seen('a', 'ended'));
    reporter.look();
    reporter.look();
    reporter.acknowledged(1);
    reporter.saw(seen('b', 'running'));
    expect(said).toEqual(['1: a ended', '2: a ended']);
    reporter.acknowledged(2);
    expect(said.at(-1)).toBe('3: b running');
  });

  test('when all is acknowledged nothing is repeated', () => {
    const { reporter, said } = aReporter();
    reporter.saw(seen('a', 'ended'));
    reporter.acknowledged(1);
    reporter.look();
    reporter.look();
    expect(said).toHaveLength(1);
  });
});
