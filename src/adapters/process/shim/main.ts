/**
 * The shim's process. It is started ahead of need, waits for the directory of an attempt on its
 * standard input, and from then on depends on nobody: it ends with its attempt. Without an attempt
 * it ends with whoever started it.
 *
 * The one module here that acts when it is loaded; nothing imports it.
 */
import { text } from 'node:stream/consumers';
import { claimJson, type Launch, readJson, type ShimIdentity } from '../launch.ts';
import { layoutOf } from '../layout.ts';
import { bootId, readStat } from '../procfs.ts';
import { AttemptRun } from './attempt-run.ts';
import { JournalWriter } from './journal-writer.ts';

let run: AttemptRun | undefined;

// SIGTERM says that there is an order to read. The others must not end the one who can tell what happened.
process.on('SIGTERM', () => run?.obey());
for (const name of ['SIGINT', 'SIGHUP', 'SIGPIPE'] as const) process.on(name, () => undefined);
process.umask(0o022);
process.chdir('/');

const dir = (await text(process.stdin)).trim();
if (dir !== '') await serve(dir);

async function serve(dir: string): Promise<void> {
  const layout = layoutOf(dir);
  const launch = readJson<Launch>(layout.launch);
  if (launch === undefined || !(await claimJson(layout.shim, identity()))) return;
  process.title = `capstan-shim ${launch.spec.ref.job} ${launch.spec.ref.attempt}`;
  const journal = new JournalWriter(layout.journal);
  const attempt = new AttemptRun(dir, launch, journal);
  run = attempt;
  // Also where no call of ours is on the stack: an event that throws must not leave the members alone.
  process.on('uncaughtException', (error) => void giveUp(attempt, journal, error));
  await attempt.run();
  process.exit(0);
}

function identity(): ShimIdentity {
  return { pid: process.pid, start: readStat('self')?.start ?? 0, boot: bootId() };
}

async function giveUp(attempt: AttemptRun, journal: JournalWriter, error: unknown): Promise<void> {
  await attempt.abandon();
  const message = `the runner failed: ${error instanceof Error ? error.message : String(error)}`;
  const outcome = { kind: 'failed', reason: 'Internal', message } as const;
  journal.append({ kind: 'ended', at: Date.now(), outcome, outputs: [] });
  await journal.close();
  process.exit(1);
}
