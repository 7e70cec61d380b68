/**
 * Columns as parameters: the values of one column joined by a character that none of them holds. Array
 * literals would have to be escaped value by value on our side, and read character by character on the other.
 */

/** No JSON text has it (control characters are escaped there), nor has a name, a key or a number. */
const SEPARATOR = '\u001f';

/** As a part of SQL: parameter `n`, an array of the type. An empty text is NULL. */
export function column(n: number, type: string): string {
  return `string_to_array($${n}::text, E'\\x1f', '')::${type}[]`;
}

/** Of values that can not hold the separator: whatever a user writes freely is checked or is JSON. */
export function joined(values: readonly (string | number | boolean | null | undefined)[]): string | null {
  if (values.length === 0) return null;
  return values.join(SEPARATOR);
}
