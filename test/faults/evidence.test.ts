import { describe, expect, test } from 'vitest';
import { contradictions, gangContradictions, parseEvidence } from './evidence.ts';

const UID = '0197';

describe('what a job wrote about itself', () => {
  test.each([
    { what: 'one attempt from start to end', text: 'start 1 1.00\nalive 1 1.10\nend 1 1.20\n', want: [] },
    {
      what: 'an attempt that was killed, and the next',
      text: 'start 1 1\nalive 1 2\nstart 2 3\nend 2 4\n',
      want: [],
    },
    {
      what: 'an attempt that lives on beside the next',
      text: 'start 1 1\nstart 2 2\nalive 1 3\nend 2 4\n',
      want: ['job 0197 member 0: attempt 1 still lived at 3 s, after 2 had started'],
    },
    {
      what: 'an attempt that is started twice',
      text: 'start 1 1\nstart 1 2\n',
      want: ['job 0197 member 0: attempt 1 was started twice'],
    },
    {
      what: 'an attempt that ends twice',
      text: 'start 1 1\nend 1 2\nend 1 3\n',
      want: ['job 0197 member 0: attempt 1 wrote "end" after its end'],
    },
  ])('$what', ({ text, want }) => {
    expect(contradictions(parseEvidence(UID, 0, text))).toEqual(want);
  });

  test('a member that outlives its gang is seen across the files', () => {
    const slow = parseEvidence(UID, 1, 'start 1 1\nalive 1 9\n');
    const quick = parseEvidence(UID, 0, 'start 1 1\nstart 2 5\nend 2 6\n');
    expect(gangContradictions([quick, slow])).toEqual([
      'job 0197: attempt 2 began at 5 s, and a member of 1 lived at 9 s',
    ]);
  });

  test('a line that no job writes is an error', () => {
    expect(() => parseEvidence(UID, 0, 'begin 1 1\n')).toThrow('no evidence: begin 1 1');
  });
});
