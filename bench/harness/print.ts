/** How figures are shown: one JSON object a line for programs, a table for people. */
import type { Figure } from './figure.ts';

const WIDTHS = [62, 12, 20, 12, 14] as const;

export function jsonLine(bench: string, figure: Figure): string {
  return JSON.stringify({ bench, ...figure });
}

export function heading(): string {
  return line(['', 'median', '10% – 90%', 'aim', 'ratio'], 'to');
}

/** A goal that was missed is marked; the bench does not fail for it. */
export function row(figure: Figure): string {
  const { name, value, unit, better, goal, against, spread } = figure;
  const met = goal === undefined || (better === 'lower' ? value <= goal : value >= goal);
  const aim = goal === undefined ? '' : `${better === 'lower' ? '≤' : '≥'} ${goal}${met ? '' : ' ✗'}`;
  const range = `${spread[0]} – ${spread[1]}`;
  return line([name, `${value} ${unit}`, range, aim, timesOf(figure)], against ?? '');
}

function timesOf({ ratio, ratioGoal: goal, better }: Figure): string {
  if (ratio === undefined) return '';
  if (goal === undefined) return `${ratio}×`;
  const reached = better === 'lower' ? ratio <= goal : ratio >= goal;
  return `${ratio}× ${better === 'lower' ? '≤' : '≥'} ${goal}${reached ? '' : ' ✗'}`;
}

function line(cells: readonly string[], last: string): string {
  const padded = cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!)));
  return `${padded.join(' ')}  ${last}`.trimEnd();
}
