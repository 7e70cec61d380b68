/** Durations as sentences say them: `41 ms`, `8.2 s`, `5 min 3 s`, `2 h 10 min`. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** @param ms milliseconds; negative ones are said as none */
export function spoken(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < SECOND) return `${whole} ms`;
  if (whole < MINUTE) return `${Number((whole / SECOND).toFixed(1))} s`;
  if (whole < HOUR) return pair(whole, { unit: MINUTE, name: 'min', below: SECOND, lesser: 's' });
  return pair(whole, { unit: HOUR, name: 'h', below: MINUTE, lesser: 'min' });
}

function pair(ms: number, of: { unit: number; name: string; below: number; lesser: string }): string {
  const rest = Math.floor((ms % of.unit) / of.below);
  return `${Math.floor(ms / of.unit)} ${of.name}${rest === 0 ? '' : ` ${rest} ${of.lesser}`}`;
}
