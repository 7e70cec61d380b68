/**
 * A process that owns a database, for tests to kill: prints a line per step, then `running PID`,
 * and stays. It says nothing of the password.
 */
import type { EmbeddedPostgresOptions } from '../embedded-postgres.ts';
import { startEmbeddedPostgres } from '../start-embedded-postgres.ts';

const options = JSON.parse(process.argv[2] ?? '') as EmbeddedPostgresOptions;
const say = (line: string) => process.stdout.write(`${line}\n`);
const postgres = await startEmbeddedPostgres({ ...options, onProgress: ({ phase }) => say(phase) });
say(`running ${postgres.pid}`);
setInterval(() => {}, 60_000);
