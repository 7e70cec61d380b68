/** What a job may say to members that are only simulated; elsewhere these variables have no effect. */

/** Milliseconds from its start to its end. */
export const DURATION_VARIABLE = 'CAPSTAN_SIMULATED_MS';
/** The code that it exits with. */
export const EXIT_VARIABLE = 'CAPSTAN_SIMULATED_EXIT';
/** Milliseconds from being asked to stop to its end. */
export const STOP_VARIABLE = 'CAPSTAN_SIMULATED_STOP_MS';

export const SIMULATED_ENV: ReadonlySet<string> = new Set([DURATION_VARIABLE, EXIT_VARIABLE, STOP_VARIABLE]);
