/**
 * `npm run test:faults`: kills what runs, at random moments, under clients that do not wait, and then
 * holds the product to its promises. Short by default; `--full` for the numbers. The seed is printed:
 * the same seed draws the same jobs and the same strikes. See docs/faults.md.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FULL, runCampaign, SHORT, type Size, STAGE_NAMES } from '../test/faults/campaign.ts';
import type { RoundReport } from '../test/faults/round.ts';
import { KILLS, STRIKES, type StrikeName } from '../test/faults/strikes.ts';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    /** Of each round. */
    jobs: { type: 'string' },
    /** How long the strikes of a round are spread over, seconds. */
    over: { type: 'string' },
    /** Of the stage of tasks. */
    tasks: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    /** Names of strikes, with commas: only these, on `capstan up`. */
    only: { type: 'string' },
    /** Names of stages: room, lost, pair, database, tasks, kill. */
    stage: { type: 'string', multiple: true },
    /** Where the report goes as JSON; `-` for standard output. */
    json: { type: 'string' },
  },
});

const base = values.full ? FULL : SHORT;
const size = {
  ...base,
  rounds: Number(values.rounds ?? base.rounds),
  jobsPerRound: Number(values.jobs ?? base.jobsPerRound),
  overMs: Number(values.over ?? base.overMs / 1000) * 1000,
  tasks: tasksOf(base.tasks, values.tasks),
};
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const minutes = Number(values.minutes ?? (values.full ? 25 : 5));
const skipped: string[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

// Whoever is tired of waiting still gets the report, and nothing stays behind.
let enough = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    enough = true;
    say('stopping after this round; once more ends at once, and leaves what runs');
  });
}

say(`seed ${seed}`);
const began = performance.now();
const reports = await runCampaign({
  size,
  seed,
  only: values.only?.split(',').map(strikeName),
  stages: STAGE_NAMES.filter((name) => values.stage?.includes(name) ?? true),
  boundMs: minutes * 60_000,
  enough: () => enough,
  onRound: (report) => {
    say(roundLine(report));
    for (const what of report.broken) say(`     BROKEN ${what}`);
  },
  onSkip: (what, why) => {
    skipped.push(`${what}: ${why}`);
    say(`skipped: ${what}: ${why}`);
  },
});

const total = summary(reports);
const broken = reports.flatMap(({ label, broken: found }) => found.map((what) => `${label}: ${what}`));
say(
  `${total.jobs} jobs, ${total.attempts} attempts, ${total.events} events; ${total.kills} kills of ${total.strikes} strikes: ${
    Object.entries(total.byKind)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ') || 'none'
  }`,
);
say(broken.length === 0 ? `every promise was kept (seed ${seed})` : `${broken.length} broken (seed ${seed})`);
const result = {
  seed,
  ok: broken.length === 0,
  seconds: Math.round((performance.now() - began) / 1000),
  ...total,
  skipped,
  broken,
  rounds: reports,
};
if (values.json === '-') process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
else if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;

/** At the same rate as otherwise. */
function tasksOf(usual: Size['tasks'], count: string | undefined): Size['tasks'] {
  const wanted = Number(count ?? usual.count);
  return { ...usual, count: wanted, overMs: (usual.overMs * wanted) / usual.count };
}

function strikeName(text: string): StrikeName {
  if (Object.hasOwn(STRIKES, text)) return text as StrikeName;
  throw new Error(`there is no strike "${text}": choose among ${Object.keys(STRIKES).join(', ')}`);
}

function roundLine({
  label,
  jobs,
  states,
  attempts,
  struck,
  counts,
  seconds,
  tasks,
  broken: found,
}: RoundReport): string {
  const kinds = Object.entries(struck).map(([kind, count]) => `${kind} ×${count}`);
  const ends = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return [
    `${found.length === 0 ? 'ok  ' : 'FAIL'} ${label.padEnd(8)} ${String(jobs).padStart(4)} jobs`,
    `${attempts} attempts, ${ends.join(', ')}`,
    `answers lost ${counts.lostAnswers}, refused ${counts.refused}`,
    kinds.join(', '),
    ...(tasks ? [`${tasks.lostLeases} lost a lease, ${tasks.ranTwice} handlers began more than once`] : []),
    `${seconds.toFixed(0)} s`,
  ].join('; ');
}

function summary(rounds: readonly RoundReport[]) {
  const byKind: Record<string, number> = {};
  for (const { struck } of rounds) {
    for (const [kind, count] of Object.entries(struck)) byKind[kind] = (byKind[kind] ?? 0) + count;
  }
  const kinds = Object.entries(byKind);
  const sum = (of: (round: RoundReport) => number) => rounds.reduce((all, round) => all + of(round), 0);
  return {
    jobs: sum(({ jobs }) => jobs),
    attempts: sum(({ attempts }) => attempts),
    events: sum(({ events }) => events),
    strikes: kinds.reduce((all, [, count]) => all + count, 0),
    kills: kinds.reduce((all, [kind, count]) => all + (KILLS.has(kind) ? count : 0), 0),
    byKind,
  };
}
