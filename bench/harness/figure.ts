/** What a bench measured, in the one shape that every bench prints. */
import { median, quantile } from './samples.ts';

export type Unit = 'ms' | '1/s' | 'MB' | '% of a processor' | 'rows' | 's';

export interface Figure {
  /** What was measured, unique in its bench. */
  readonly name: string;
  /** The median of the runs. */
  readonly value: number;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Aimed at; missing it is no failure of the bench, because machines differ. */
  readonly goal?: number;
  /** The same of something comparable on this machine, in the same unit. */
  readonly peer?: number;
  /** `value / peer` */
  readonly ratio?: number;
  /** Aimed at for the ratio: at least, or where less is better at most. */
  readonly ratioGoal?: number;
  /** What the peer is. */
  readonly against?: string;
  /** The tenth and the ninetieth percentile of the runs. */
  readonly spread: readonly [low: number, high: number];
  readonly runs: number;
}

/** Takes a figure as soon as it is known. */
export type Report = (figure: Figure) => void;

export interface Measured {
  readonly name: string;
  readonly samples: readonly number[];
  readonly unit: Unit;
  readonly goal?: number;
  readonly peer?: Peer | undefined;
  /** Aimed at, times the peer. */
  readonly ratio?: number | undefined;
}

export interface Peer {
  readonly against: string;
  readonly samples: readonly number[];
}

/** Less time and less of a machine is better, and so is more in a second. */
export function figureOf({ name, samples, unit, goal, peer, ratio }: Measured): Figure {
  const value = median(samples);
  return {
    name,
    value: rounded(value),
    unit,
    better: unit === '1/s' ? 'higher' : 'lower',
    ...(goal === undefined ? {} : { goal }),
    ...(peer === undefined ? {} : comparison(value, peer)),
    ...(ratio === undefined ? {} : { ratioGoal: ratio }),
    spread: [rounded(quantile(samples, 0.1)), rounded(quantile(samples, 0.9))],
    runs: samples.length,
  };
}

function comparison(value: number, { against, samples }: Peer): Pick<Figure, 'peer' | 'ratio' | 'against'> {
  const peer = median(samples);
  return { peer: rounded(peer), ratio: Math.round((value / peer) * 100) / 100, against };
}

/** Three digits that mean something; whole numbers from a hundred on. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
