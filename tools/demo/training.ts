/** Shows a training as it goes: steps, loss and accuracy, with a bar on a terminal and lines elsewhere. */
import { SingleBar } from 'cli-progress';
import { z } from 'zod';
import type { LogLine } from '../../src/contract/stream.ts';

const Step = z.object({
  event: z.literal('step'),
  step: z.number(),
  steps: z.number(),
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
});
const Done = z.object({
  event: z.literal('done'),
  held_out_accuracy: z.number(),
  weights_sha256: z.string(),
  steps: z.number(),
  seconds: z.number(),
});

export type Done = z.output<typeof Done>;

export interface Seen {
  readonly done: Done | undefined;
  /** The digest of the weights that each rank ended with. */
  readonly digests: readonly string[];
}

/** Reads the log to its end; returns what the training said of itself. */
export async function showTraining(lines: AsyncIterable<LogLine>): Promise<Seen> {
  const show = process.stdout.isTTY ? bar() : printed();
  const digests = new Map<number, string>();
  let done: Done | undefined;
  for await (const line of lines) {
    const said = parsed(line.text);
    const step = Step.safeParse(said);
    if (step.success) show.step(step.data);
    done = Done.safeParse(said).data ?? done;
    const digest = z.object({ weights_sha256: z.string() }).safeParse(said);
    if (digest.success) digests.set(line.member, digest.data.weights_sha256);
  }
  show.end();
  return { done, digests: [...digests.values()] };
}

interface Show {
  step(step: z.output<typeof Step>): void;
  end(): void;
}

function bar(): Show {
  const format = '  {bar} {percentage}%  step {value}/{total}  loss {loss}  accuracy {accuracy}';
  const single = new SingleBar({ format, hideCursor: true, barsize: 30 });
  let started = false;
  return {
    step: ({ step, steps, loss, accuracy }) => {
      const facts = { loss: loss.toFixed(3), accuracy: accuracy.toFixed(3) };
      if (!started) single.start(steps, step, facts);
      started = true;
      single.update(step, facts);
    },
    end: () => single.stop(),
  };
}

/** A line for each tenth of the way. */
function printed(): Show {
  let tenth = -1;
  return {
    step: ({ step, steps, epoch, loss, accuracy }) => {
      const reached = Math.floor((step * 10) / steps);
      if (reached === tenth) return;
      tenth = reached;
      console.log(
        `  step ${step}/${steps}  epoch ${epoch}  loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}`,
      );
    },
    end: () => {},
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
