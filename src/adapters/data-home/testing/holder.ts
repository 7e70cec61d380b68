/** A process that opens a data home, says how that went in one line of JSON, and keeps what it holds. */
import { DataDirHeld } from '../errors.ts';
import { type DataHomeOptions, openDataHome } from '../open-data-home.ts';

const options = JSON.parse(process.argv[2] ?? '') as DataHomeOptions;
const answer = await openDataHome(options).then(
  () => ({ held: true, pid: process.pid }),
  (error: unknown) => {
    if (error instanceof DataDirHeld) return { held: false, pid: error.pid };
    throw error;
  },
);
process.stdout.write(`${JSON.stringify(answer)}\n`);
if (answer.held) setInterval(() => {}, 60_000);
