/** Bindings: one by name, a page of them, and those of subjects. */
import type { NamedPage } from '../named-page.ts';
import { statement } from '../statement.ts';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './role-row.ts';

const row = (found: BindingRow) => toBinding(found);

export const getBinding = statement({
  name: 'binding_get',
  text: `SELECT ${BINDING_COLUMNS} FROM role_binding WHERE name = $1`,
  values: (name: string) => [name],
  row,
});

export const listBindings = statement({
  name: 'binding_list',
  text: `SELECT ${BINDING_COLUMNS} FROM role_binding WHERE name > $1 ORDER BY name LIMIT $2`,
  values: ({ after, limit }: NamedPage) => [after, limit],
  row,
});

export const bindingsOf = statement({
  name: 'binding_of',
  text: `SELECT ${BINDING_COLUMNS} FROM role_binding WHERE subject = ANY ($1::text[]) ORDER BY name`,
  values: (subjects: readonly string[]) => [subjects],
  row,
});
