/** Every flavor, by name: there are few. */
import { statement } from '../statement.ts';
import { FLAVOR_COLUMNS, type FlavorRow, toFlavor } from './flavor-row.ts';

export const listFlavors = statement({
  name: 'flavor_list',
  text: `SELECT ${FLAVOR_COLUMNS} FROM flavor ORDER BY name`,
  values: (_: undefined) => [],
  row: (row: FlavorRow) => toFlavor(row),
});
