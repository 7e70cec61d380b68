/** Starts every controller, and ends them together. */
import type { Logger } from 'pino';
import { collectRound } from '../controllers/collect.ts';
import { Cron } from '../controllers/cron.ts';
import { type LoopOptions, runLoop } from '../controllers/loop.ts';
import { WAITING } from '../controllers/pace.ts';
import { Scheduler } from '../controllers/schedule/scheduler.ts';
import { Sealer } from '../controllers/seal.ts';
import { SetBack } from '../controllers/set-back.ts';
import { Silence } from '../controllers/silence.ts';
import { Gates } from '../controllers/tasks/gates.ts';
import { silentWorkersRound } from '../controllers/tasks/silent-workers.ts';
import { wakeRound } from '../controllers/tasks/wake.ts';
import { timersRound } from '../controllers/timers.ts';
import { AccessWatch } from '../controllers/watch-access.ts';
import { webhookRound } from '../controllers/webhooks.ts';
import { fire } from '../operations/schedule/fire.ts';
import type { Ports } from '../ports/index.ts';
import type { Planner } from '../ports/planner.ts';

export interface ControllerOptions {
  readonly ports: Ports;
  readonly holder: string;
  readonly planner: Planner;
  readonly connectedAgents: () => readonly string[];
  /** Partitions ahead, old ones dropped, old idempotency keys removed. */
  readonly retain: () => Promise<void>;
  readonly log: Logger;
  /** A worker that is not heard for so long has lost what it holds. */
  readonly workerLeaseMs: number;
}

const RETAIN_EVERY = 3_600_000;

/** Until the signal aborts; the lease is given back then. */
export async function runControllers(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { ports, holder, planner, log } = options;
  // Names of hosts and numbers of processes repeat; who holds the lease is one server and no other.
  const unique = `${holder}/${ports.chance.uid(ports.clock.now())}`;
  const scheduler = new Scheduler({ ports, holder: unique, planner });
  scheduler.listen(signal);
  const gates = new Gates(ports, () => scheduler.holdsLease);
  const silentWorkers = silentWorkersRound(options.workerLeaseMs);
  const silence = new Silence(ports);
  const setBack = new SetBack(ports);
  const sealer = new Sealer(ports);
  // Every replica watches, so that the next one knows what was usual; one tells.
  const watch = new AccessWatch(ports, (finding) => {
    if (scheduler.holdsLease) log.warn({ finding }, 'unusual access: see `capstan audit findings`');
  });
  const onTrouble = troubleLog(log);
  const cron = new Cron({ ports, lease: () => scheduler.lease, fire: (run) => fire(ports, run), onTrouble });
  const rounds: Omit<LoopOptions, 'onTrouble'>[] = [
    {
      name: 'schedule',
      round: () => scheduler.round(),
      // It plans in a thread of its own.
      price: WAITING,
      wokenBy: { signals: ports.signals, topic: 'schedule' },
    },
    {
      name: 'gates',
      round: () => gates.round(),
      wokenBy: { signals: ports.signals, topic: 'gate' },
    },
    {
      name: 'cron',
      round: () => cron.round(),
      wokenBy: { signals: ports.signals, topic: 'cron' },
    },
    { name: 'wake', round: wakeRound(ports) },
    { name: 'workers', round: () => silentWorkers(ports) },
    { name: 'timers', round: () => timersRound(ports) },
    { name: 'silence', round: () => silence.round() },
    { name: 'set-back', round: () => setBack.round() },
    {
      name: 'collect',
      round: () => collectRound(ports, options.connectedAgents()),
      wokenBy: { signals: ports.signals, topic: 'agent' },
    },
    {
      name: 'webhooks',
      round: () => webhookRound(ports, onTrouble),
    },
    { name: 'seal', round: () => sealer.round() },
    { name: 'watch-access', round: () => watch.round() },
    { name: 'retain', round: () => options.retain().then(() => RETAIN_EVERY) },
  ];
  await Promise.all(rounds.map((round) => runLoop({ ...round, onTrouble }, signal)));
  await scheduler.release().catch((error: unknown) => onTrouble('lease', error));
  await sealer.finish().catch((error: unknown) => onTrouble('seal', error));
}

/** A database that is away troubles every loop every second; it is said once a minute. */
const SAY_AGAIN = 60_000;

function troubleLog(log: Logger): (what: string, error: unknown) => void {
  const said = new Map<string, number>();
  return (what, error) => {
    const message = error instanceof Error ? error.message : String(error);
    const key = `${what}: ${message}`;
    const last = said.get(key) ?? 0;
    if (Date.now() - last < SAY_AGAIN) return;
    said.set(key, Date.now());
    log.warn({ err: error, loop: what }, 'a round of a controller failed; it will be tried again');
  };
}
