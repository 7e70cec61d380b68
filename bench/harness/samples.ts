/** Taking samples, and what is told of them: never a mean, which one pause of the machine spoils. */

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/**
 * Interpolated between the two nearest.
 * @param q from 0 to 1
 * @throws RangeError when there are no samples
 */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = Float64Array.from(samples).sort();
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/** One after the other. */
export async function sampled(count: number, take: (index: number) => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) samples.push(await take(index));
  return samples;
}

/** How long it takes, milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
