/** What is asked of the scheduler between its cycles. Nothing changes. */

import type { Interval } from './calibration.ts';
import type { Change } from './changed.ts';
import type { Engine } from './engine.ts';
import { type Suggestion, whatWouldHelp } from './help.ts';
import { type WhatIf, whatIf } from './what-if.ts';
import { type Why, why } from './why.ts';

export type Question =
  | { readonly kind: 'why'; readonly uid: string; readonly now: number; readonly help: boolean }
  | { readonly kind: 'what-if'; readonly changes: readonly Change[]; readonly now: number };

export interface WhyAnswer {
  /** Undefined when the job does not wait. */
  readonly why: Why | undefined;
  /** Undefined when it does not start within what can be foreseen. */
  readonly expected?: Interval | undefined;
  readonly suggestions?: readonly Suggestion[] | undefined;
}

export interface Answers {
  readonly why: WhyAnswer;
  readonly 'what-if': WhatIf;
}

export function answerQuestion(engine: Engine, question: Question): Answers[Question['kind']] {
  switch (question.kind) {
    case 'why': {
      const { uid, now, help } = question;
      const found = engine.last && why(engine.board, engine.last, uid);
      return {
        why: found,
        ...(found ? { expected: engine.expectedStart(uid, now) } : {}),
        ...(found && help ? { suggestions: whatWouldHelp(engine.snapshot(), uid, now) } : {}),
      };
    }
    case 'what-if':
      return whatIf(engine.snapshot(), question.changes, question.now);
  }
}
