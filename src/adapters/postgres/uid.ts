/** Whether a text can be a uid: PostgreSQL answers an error, not "none", when it is asked for another. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUid(text: string): boolean {
  return UUID.test(text);
}
