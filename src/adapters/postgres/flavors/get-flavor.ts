/** One flavor, by its name. */
import { statement } from '../statement.ts';
import { FLAVOR_COLUMNS, type FlavorRow, toFlavor } from './flavor-row.ts';

export const getFlavor = statement({
  name: 'flavor_get',
  text: `SELECT ${FLAVOR_COLUMNS} FROM flavor WHERE name = $1`,
  values: (name: string) => [name],
  row: (row: FlavorRow) => toFlavor(row),
});
