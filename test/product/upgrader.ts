/** Upgrades the database of a data directory, for tests to kill: prints a line per step. */
import { openDataHome } from '../../src/adapters/data-home/open-data-home.ts';
import { upgradeDatabase } from '../../src/main/upgrade-database.ts';

const home = await openDataHome({ dir: process.argv[2] });
await upgradeDatabase(home, (line) => process.stdout.write(`${line}\n`));
await home.close();
