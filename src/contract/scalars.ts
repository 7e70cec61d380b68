/** The scalar types of every wire format: names, durations, quantities, times. */
import { z } from 'zod';
import { formatAmount, parseQuantity, toAmount } from '../core/kube/quantity.ts';

/** DNS-1123 label: what Kubernetes accepts as a namespace and as part of every other name. */
export const Name = z
  .string()
  .max(63, 'at most 63 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'lower-case letters, digits and "-", starting and ending with a letter or digit',
  );

export const Uuid = z.uuid();

/**
 * What is meant where nothing is written, parsed once and not with every request: most specs leave nearly
 * everything out. Documents show it as it would be written.
 */
export function assumed<S extends z.ZodType>(schema: S, written: z.input<S>) {
  const parsed = frozen(schema.parse(written)) as z.core.util.NoUndefined<z.output<S>>;
  // Of a schema that transforms, zod leaves `default` out of a document of inputs, as it is of the output's
  // kind; this is its name for one of the input's kind, that of `prefault`.
  return schema.default(() => parsed).meta({ _prefault: written });
}

/** Many share it. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** A job by its name or its uid. */
export const JobRef = z.union([Name, Uuid]);

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

export const LabelKey = z.string().max(317).regex(LABEL_KEY, 'a Kubernetes label key');
export const LabelValue = z
  .string()
  .max(63)
  .regex(LABEL_VALUE, 'a Kubernetes label value (at most 63 of A-Za-z0-9-_.)');
export const Labels = z.record(LabelKey, LabelValue);

const DURATION =
  /^(?=.)(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const DURATION_UNITS = [86_400_000, 3_600_000, 60_000, 1000, 1];

/** A hundred years: more is a slip, and sums of it stay exact integers. */
const LONGEST_MS = 100 * 365 * 86_400_000;

/** Milliseconds, or undefined when the text is no duration (`30m`, `1h30m`, `500ms`, `2d`). */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const total = DURATION_UNITS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
  return Math.round(total);
}

/** The shortest text that `parseDuration` reads back to the same number of milliseconds. */
export function formatDuration(ms: number): string {
  const names = ['d', 'h', 'm', 's', 'ms'];
  let rest = ms;
  const parts = DURATION_UNITS.map((unit, index) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 ? '' : `${count}${names[index]}`;
  });
  return parts.join('') || '0s';
}

const DURATION_TEXT = 'a duration such as 30s, 10m, 1h30m or 2d';

/** On the wire a text such as `30m`; milliseconds inside. */
export const Duration = z
  .string(DURATION_TEXT)
  .max(64, DURATION_TEXT)
  .regex(DURATION, DURATION_TEXT)
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms <= LONGEST_MS) return ms;
    context.addIssue({ code: 'custom', message: `${DURATION_TEXT}, at most 100 years` });
    return z.NEVER;
  });

/** The same, where no time at all would make no sense. */
export const PositiveDuration = Duration.refine((ms) => ms > 0, 'a duration longer than 0s');

const QUANTITY_TEXT = 'a Kubernetes quantity such as 2, 500m, 256Mi or 1Gi';

/** Of anything else there are only whole ones: nobody gets half a GPU. */
const DIVISIBLE = new Set(['cpu', 'memory', 'ephemeral-storage', 'size']);

/** Amounts that sum over a million members stay exact. */
const LARGEST_AMOUNT = 2 ** 53 / 1_000_000;

function quantityOf(resource: string, written: string | number): number | undefined {
  const units = typeof written === 'number' ? written : parseQuantity(written);
  if (units === undefined || !(units >= 0)) return undefined;
  if (!DIVISIBLE.has(resource) && !Number.isInteger(units)) return undefined;
  const amount = toAmount(resource, units);
  return amount <= LARGEST_AMOUNT * (resource === 'cpu' || resource === 'memory' ? 1000 : 1)
    ? amount
    : undefined;
}

/** One size in bytes. */
export const Size = z
  .union([z.string(QUANTITY_TEXT), z.number(QUANTITY_TEXT)])
  .transform((written, context) => {
    const amount = quantityOf('size', written);
    if (amount !== undefined) return amount;
    context.addIssue({ code: 'custom', message: QUANTITY_TEXT });
    return z.NEVER;
  });

/** Quantities by resource on the wire, integers inside (see `core/job/spec.ts`, `Resources`). */
export const Quantities = z
  .record(LabelKey, z.union([z.string(QUANTITY_TEXT), z.number(QUANTITY_TEXT)]))
  .transform((written, context) => {
    const amounts: Record<string, number> = {};
    for (const [resource, value] of Object.entries(written)) {
      const amount = quantityOf(resource, value);
      if (amount === undefined)
        context.addIssue({ code: 'custom', path: [resource], message: expectedOf(resource), input: value });
      else amounts[resource] = amount;
    }
    return amounts;
  });

function expectedOf(resource: string): string {
  return DIVISIBLE.has(resource) ? QUANTITY_TEXT : 'a whole number';
}

export function formatQuantities(amounts: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, formatAmount(name, amount)]),
  );
}

/** RFC 3339 on the wire, epoch milliseconds inside. */
export const Timestamp = z.iso
  .datetime({ offset: true, error: 'a time such as 2027-01-31T08:00:00Z' })
  .transform((text) => Date.parse(text));

export function formatTime(at: number): string {
  return new Date(at).toISOString();
}
