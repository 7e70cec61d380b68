/** Objects as JSON or YAML, for programs and for files that are applied again. */
import type { Writable } from 'node:stream';

export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

export const OUTPUT_FORMATS: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];

/** True when the format shows the whole object, whatever its kind. */
export function isDocument(format: OutputFormat | undefined): format is 'json' | 'yaml' {
  return format === 'json' || format === 'yaml';
}

export async function writeDocument(to: Writable, format: 'json' | 'yaml', value: unknown): Promise<void> {
  if (format === 'json') {
    to.write(`${JSON.stringify(value, null, 2)}\n`);
    return;
  }
  const { stringify } = await import('yaml');
  // No anchors for values that happen to be shared: what is printed can be applied.
  to.write(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }));
}
