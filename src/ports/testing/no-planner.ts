/** A replica that does not schedule. */
import type { Planner } from '../planner.ts';

export const NO_PLANNER: Planner = {
  reset: async () => undefined,
  cycle: async () => undefined,
  told: async () => undefined,
  ask: async () => undefined,
  close: async () => undefined,
};
