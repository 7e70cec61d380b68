/** The spans of time that partitions cover, in UTC: months for ended jobs, weeks (from Monday) for events. */
export interface Period {
  /** Epoch milliseconds; `to` is outside. */
  readonly from: number;
  readonly to: number;
}

export type PeriodKind = 'week' | 'month';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The first Monday of the epoch: 5 January 1970. */
const FIRST_MONDAY = 4 * DAY_MS;

/** The period that holds `at`, moved by `offset` periods. */
export function periodOf(kind: PeriodKind, at: number, offset: number): Period {
  if (kind === 'week') {
    const week = 7 * DAY_MS;
    const from = FIRST_MONDAY + (Math.floor((at - FIRST_MONDAY) / week) + offset) * week;
    return { from, to: from + week };
  }
  const date = new Date(at);
  const month = (more: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset + more, 1);
  return { from: month(0), to: month(1) };
}

/** `event_20260105`: the day on which it begins. */
export function partitionName(table: string, { from }: Period): string {
  return `${table}_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** When the partition of that name begins; undefined for one that we did not name (the DEFAULT one). */
export function beginOf(partition: string): number | undefined {
  const [, year, month, day] = /_(\d{4})(\d{2})(\d{2})$/.exec(partition) ?? [];
  return year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
}
