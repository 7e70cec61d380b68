/** `capstan replay`: makes recorded decisions again, and says whether they come out the same. */
import { gunzipSync } from 'node:zlib';
import { Command, InvalidArgumentError } from 'commander';
import type { DecisionList } from '../../contract/scheduling.ts';
import type { DecisionRecord } from '../../core/scheduling/engine.ts';
import { Replay } from '../../core/scheduling/replay.ts';
import { EXIT } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';

/** A page of decisions of a server, from a number on, or from the base before it. */
export type ReadDecisions = (
  session: Session,
  at: { readonly from: number; readonly base: boolean },
) => Promise<DecisionList>;

interface Flags {
  readonly from: number;
  readonly to?: number;
}

export interface ReplayResult {
  /** Decisions that were made again. */
  readonly replayed: number;
  readonly identical: number;
  /** Before the first base: they can not be made again. */
  readonly skipped: number;
  readonly different: { seq: number; recorded: string; replayed: string }[];
}

const MOST_SHOWN = 10;

export function replayVerb(shell: Shell, read: ReadDecisions): Command {
  return new Command('replay')
    .summary('make recorded scheduling decisions again')
    .description(
      'Reads the decisions of the scheduler with all that they were made on, makes them again in this process, and says whether each comes out the same, bit for bit.',
    )
    .option('--from <number>', 'the first', number, 1)
    .option('--to <number>', 'the last; the latest when not given', number)
    .addHelpText('after', `\nExamples:\n  capstan replay\n  capstan replay --from 1200 --to 1300 -o json`)
    .action(async (flags: Flags, command: Command) => {
      const session = openSession(shell, command);
      const result = await replayed(session, read, flags);
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, result);
      else session.print(textOf(result));
      shell.end(result.different.length === 0 ? EXIT.done : EXIT.jobFailed);
    });
}

export async function replayed(
  session: Session,
  read: ReadDecisions,
  { from, to = Infinity }: Flags,
): Promise<ReplayResult> {
  const replay = new Replay();
  const result = { replayed: 0, identical: 0, skipped: 0, different: [] as ReplayResult['different'] };
  for (let next = from; ; ) {
    const { items, last } = await read(session, { from: next, base: next === from });
    for (const { seq, body } of items) {
      if (seq > to) return result;
      const record = JSON.parse(gunzipSync(Buffer.from(body, 'base64')).toString()) as DecisionRecord;
      count(result, seq, replay.next(record));
    }
    const end = items.at(-1)?.seq ?? last;
    if (end >= last) return result;
    // Further pages go on where this one ended: the board is kept.
    next = end + 1;
  }
}

function count(
  result: { -readonly [K in keyof ReplayResult]: ReplayResult[K] },
  seq: number,
  made: ReturnType<Replay['next']>,
): void {
  if (!made) {
    result.skipped += 1;
    return;
  }
  result.replayed += 1;
  if (made.recorded === made.replayed) result.identical += 1;
  else if (result.different.length < MOST_SHOWN) result.different.push({ seq, ...made });
}

function textOf({ replayed: many, identical, skipped, different }: ReplayResult): string {
  const lines = [
    `${many} decisions were made again, ${identical} came out identical${skipped > 0 ? `, ${skipped} were skipped` : ''}`,
  ];
  for (const { seq, recorded, replayed: made } of different)
    lines.push(`decision ${seq} differs`, `  recorded  ${recorded}`, `  replayed  ${made}`);
  return lines.join('\n');
}

function number(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
