/**
 * `npm run bench -- NAME [--json]`: runs one bench, a table for people, or one JSON object a line.
 * Without a name it lists the benches. Exit code 1 when a bench's own check failed, 2 for bad usage.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { CheckFailed } from './harness/check.ts';
import type { Report } from './harness/figure.ts';
import { heading, jsonLine, row } from './harness/print.ts';

interface Options {
  /** Of what is filled into the tables, where a bench does that. */
  readonly scale: number;
}

interface Bench {
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: (report: Report, options: Options) => Promise<void> }>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  startup: {
    summary: 'capstan up until it is ready, a job until its first line and its end, the command line (1 min)',
    load: () => import('./startup.ts'),
  },
  submit: {
    summary: 'durable submissions of tasks a second, beside other queues (2 min; Redis for BullMQ)',
    load: () => import('./submit.ts'),
  },
  cycle: {
    summary: 'tasks a second from submission to completion, beside other queues (2 min; Redis for BullMQ)',
    load: () => import('./cycle.ts'),
  },
  latency: {
    summary: 'from a submission to its handler, at 500, 1,000 and 2,000 a second (1 min)',
    load: () => import('./latency.ts'),
  },
  history: {
    summary:
      'a cycle with millions of finished, delayed and blocked tasks beside an empty installation (5 min; --scale)',
    load: () => import('./history.ts'),
  },
  schedule: {
    summary: 'the scheduler by itself: cycles, events, topology, why, growth (2 min)',
    load: () => import('./schedule.ts'),
  },
  workloads: {
    summary: 'fifteen thousand short workloads live, on simulated nodes (3 min; --scale)',
    load: () => import('./workloads.ts'),
  },
  soak: {
    summary: 'memory, dead rows and waits over a quarter of an hour at half the rate (17 min; --scale)',
    load: () => import('./soak.ts'),
  },
  connections: {
    summary: 'an idle server, and ten thousand tasks in flight on a thousand connections (2 min)',
    load: () => import('./connections.ts'),
  },
  transport: {
    summary: 'what carries the messages of workers: WebSocket beside HTTP/2 (1 min)',
    load: () => import('./transport.ts'),
  },
  api: {
    summary: 'reads and submissions a second over HTTP, with 1, 16 and 64 connections (1 min)',
    load: () => import('./api.ts'),
  },
};

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, scale: { type: 'string', default: '1' } },
  });
  const [name, ...files] = positionals;
  if (name === 'table') return table(files);
  const bench = name === undefined ? undefined : BENCHES[name];
  if (positionals.length === 0) return list(console.log);
  if (!bench || positionals.length > 1) {
    console.error(`there is no bench ${positionals.join(' ')}`);
    list(console.error);
    return 2;
  }
  return runBench(name!, bench, { json: values.json, scale: Number(values.scale) });
}

async function table(files: readonly string[]): Promise<number> {
  const { writeTable } = await import('./table.ts');
  writeTable(files);
  return 0;
}

function list(say: (line: string) => void): number {
  say(
    'usage: npm run bench -- NAME [--json]\n       npm run bench -- table FILE…  writes what --json printed into docs/performance.md',
  );
  for (const [name, { summary }] of Object.entries(BENCHES)) say(`  ${name.padEnd(10)}${summary}`);
  return 0;
}

async function runBench(
  name: string,
  bench: Bench,
  { json, scale }: Options & { readonly json: boolean },
): Promise<number> {
  warnWhenBusy();
  // Ctrl-C also reaches the servers: their end fails the bench, which then stops and removes the rest.
  process.on('SIGINT', () => undefined);
  const { run } = await bench.load();
  if (!json) console.log(heading());
  try {
    await run((figure) => console.log(json ? jsonLine(name, figure) : row(figure)), { scale });
    return 0;
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    console.error(`bench ${name}: a check failed. Expected: ${error.message}`);
    return 1;
  }
}

/** Latencies of a machine that does other work tell of that work. */
function warnWhenBusy(): void {
  const [load = 0] = loadavg();
  const processors = availableParallelism();
  if (load > processors)
    console.error(`other work keeps this machine busy (load ${load.toFixed(1)}, ${processors} processors)`);
}

process.exitCode = await main(process.argv.slice(2));
