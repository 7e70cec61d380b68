/**
 * Kubernetes quantities: `250m`, `1.5`, `256Mi`, `1e3`. Kept as integers: cpu in millicores,
 * everything else in its unit (memory: bytes).
 * Source: Kubernetes API conventions, "Resource quantities" (apimachinery resource.Quantity).
 */

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

const QUANTITY = /^(\d+(?:\.\d+)?|\.\d+)(?:(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)|[eE](\d{1,2}))?$/;

/** The amount in units, or undefined when the text is no quantity. Negative amounts are none. */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text.trim());
  if (!match) return undefined;
  const [, digits = '0', suffix = '', exponent] = match;
  const factor = exponent === undefined ? FACTORS[suffix] : 10 ** Number(exponent);
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** As the core keeps it: millicores for `cpu`, units otherwise; rounded up, as Kubernetes does. */
export function toAmount(resource: string, units: number): number {
  const scaled = resource === 'cpu' ? units * 1000 : units;
  return Math.ceil(Number(scaled.toPrecision(15)));
}

/** The shortest text for an amount that `parseQuantity` reads back to the same. */
export function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage' && resource !== 'size') return String(amount);
  const unit = ['Pi', 'Ti', 'Gi', 'Mi', 'Ki'].find(
    (suffix) => amount > 0 && amount % (FACTORS[suffix] ?? 1) === 0,
  );
  return unit ? `${amount / (FACTORS[unit] ?? 1)}${unit}` : String(amount);
}
