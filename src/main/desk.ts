/** Where this server's workers are served, and those who wait for what they do. */
import type { Store } from '../adapters/postgres/open-store.ts';
import { Dispatcher } from '../controllers/dispatch/dispatcher.ts';
import { TaskEndings } from '../controllers/dispatch/endings.ts';
import type { Ports } from '../ports/index.ts';
import { systemChance, systemClock } from './system.ts';

export interface DeskOptions {
  readonly store: Store;
  /** This server, as its workers are registered. */
  readonly replica: string;
  /** How long a worker keeps its tasks without being heard, milliseconds. */
  readonly leaseMs: number;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Until the signal aborts. */
export function openDesk(
  { store, ...options }: DeskOptions,
  until: AbortSignal,
): Pick<Ports, 'desk' | 'endings'> {
  const endings = new TaskEndings(store.signals, until);
  const ports = { ...store, endings, clock: systemClock, chance: systemChance };
  return { endings, desk: new Dispatcher({ ports, ...options }, until) };
}
