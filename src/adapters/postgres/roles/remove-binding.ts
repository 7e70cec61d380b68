/** Takes a binding back, and tells every replica. */
import { TELL_IDENTITY } from '../channels.ts';
import { statement } from '../statement.ts';

export const removeBinding = statement({
  name: 'binding_remove',
  text: `DELETE FROM role_binding WHERE name = $1 RETURNING ${TELL_IDENTITY}`,
  values: (name: string) => [name],
  row: (): true => true,
});
