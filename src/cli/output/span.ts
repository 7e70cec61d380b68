/** Ages and durations as people read them: `45s`, `12m`, `3h20m`, `2d4h`. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two units at most, milliseconds only below one second. */
export function span(ms: number): string {
  if (ms < 0) return '0s';
  if (ms < SECOND) return `${Math.round(ms)}ms`;
  if (ms < 2 * MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return pair([ms, MINUTE, 'm'], [SECOND, 's'], 10 * MINUTE);
  if (ms < 2 * DAY) return pair([ms, HOUR, 'h'], [MINUTE, 'm'], 10 * HOUR);
  return pair([ms, DAY, 'd'], [HOUR, 'h'], 8 * DAY);
}

/** The second unit is shown only below `fineUntil`. */
function pair(
  [ms, unit, name]: [number, number, string],
  [smaller, smallerName]: [number, string],
  fineUntil: number,
): string {
  const whole = Math.floor(ms / unit);
  const rest = ms < fineUntil ? Math.floor((ms % unit) / smaller) : 0;
  return rest === 0 ? `${whole}${name}` : `${whole}${name}${rest}${smallerName}`;
}

/** How long ago; `-` when there was no such moment. Below a second an age is `0s`. */
export function age(at: string | undefined, now: number): string {
  if (at === undefined) return '-';
  const ms = now - Date.parse(at);
  return ms < SECOND ? '0s' : span(ms);
}

/** From one moment to another, or to now while there is no other. */
export function between(from: string | undefined, to: string | undefined, now: number): string {
  if (from === undefined) return '-';
  return span((to === undefined ? now : Date.parse(to)) - Date.parse(from));
}
