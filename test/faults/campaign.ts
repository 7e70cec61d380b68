/** The whole run: which installations, how many rounds on each, which strikes in them. */
import { join } from 'node:path';
import type { EventView } from '../../src/contract/stream.ts';
import { Chance } from './chance.ts';
import { sameStream, strictlyInOrder } from './checks.ts';
import { CAPSTAN_UP, Installation, type Program } from './installation.ts';
import {
  eventsSince,
  type Field,
  type Follower,
  playRound,
  type RoundPlan,
  type RoundReport,
} from './round.ts';
import { databaseDisk, lostAnswers, twoServers } from './stages-on-databases.ts';
import { fakeClock, mountSmall, type StrikeName, unmount } from './strikes.ts';
import { playTasks } from './tasks/stage.ts';

export interface Size {
  /** Of the killing stage; the others have a tenth. */
  readonly rounds: number;
  readonly jobsPerRound: number;
  readonly overMs: number;
  readonly strikesPerRound: number;
  readonly freezeMs: number;
  readonly endWithinMs: number;
  readonly logs: number;
  /** Submitted over so long, with a strike every so often on average, milliseconds. */
  readonly tasks: { readonly count: number; readonly overMs: number; readonly strikeEveryMs: number };
}

export const SHORT: Size = {
  rounds: 2,
  jobsPerRound: 24,
  overMs: 7000,
  strikesPerRound: 3,
  freezeMs: 3000,
  endWithinMs: 60_000,
  logs: 1000,
  tasks: { count: 3000, overMs: 20_000, strikeEveryMs: 3000 },
};

export const FULL: Size = {
  rounds: 40,
  jobsPerRound: 240,
  overMs: 16_000,
  strikesPerRound: 4,
  freezeMs: 60_000,
  endWithinMs: 120_000,
  logs: 40,
  tasks: { count: 100_000, overMs: 240_000, strikeEveryMs: 4000 },
};

export interface CampaignOptions {
  readonly size: Size;
  readonly seed: number;
  /** No new round begins after this long, milliseconds. */
  readonly boundMs: number;
  /** The round under way is the last one, and its installation is taken down. */
  readonly enough: () => boolean;
  /** Only these, in place of the killing stage's own; the other stages are left out. */
  readonly only?: readonly StrikeName[] | undefined;
  /** Default: all. */
  readonly stages?: readonly StageName[] | undefined;
  readonly onRound: (report: RoundReport) => void;
  readonly onSkip: (what: string, why: string) => void;
}

export interface Stage {
  readonly name: string;
  readonly program: Program;
  readonly field: Omit<Field, 'installation' | 'chance' | 'freezeMs'>;
  readonly installation: Installation;
  readonly plans: readonly RoundPlan[];
  readonly close: () => Promise<void>;
}

const KILLING: readonly StrikeName[] = [
  'kill server',
  'kill postmaster',
  'kill shim',
  'kill server and postmaster',
  'kill backend',
  'kill server, postmaster and shims',
];

/** Plays every stage in turn. */
export async function runCampaign(options: CampaignOptions): Promise<RoundReport[]> {
  const chance = new Chance(options.seed);
  const began = performance.now();
  const reports: RoundReport[] = [];
  const late = () => options.enough() || performance.now() - began > options.boundMs;
  for (const play of stagesOf(options)) {
    if (late()) break;
    reports.push(...(await play(options, { chance, late })));
  }
  return reports;
}

interface Course {
  readonly chance: Chance;
  readonly late: () => boolean;
}

type Play = (options: CampaignOptions, course: Course) => Promise<RoundReport[]>;

/** A stage of jobs: it is set up, played round by round, and taken down. */
function ofJobs(prepare: (options: CampaignOptions, chance: Chance) => Promise<Stage | undefined>): Play {
  return async (options, course) => {
    const stage = await prepare(options, course.chance);
    if (!stage) return [];
    try {
      return await playStage(stage, options, course);
    } finally {
      await stage.close();
    }
  };
}

async function tasks(options: CampaignOptions, { chance }: Course): Promise<RoundReport[]> {
  const report = await playTasks(options, chance);
  options.onRound(report);
  return [report];
}

const STAGES = {
  room: ofJobs(clockAndDisk),
  lost: ofJobs(lostAnswers),
  pair: ofJobs(twoServers),
  database: ofJobs(databaseDisk),
  tasks,
  kill: ofJobs(killing),
} as const satisfies Record<string, Play>;

export type StageName = keyof typeof STAGES;

export const STAGE_NAMES = Object.keys(STAGES) as readonly StageName[];

function stagesOf({ only, stages = STAGE_NAMES }: CampaignOptions): readonly Play[] {
  return only ? [STAGES.kill] : stages.map((name) => STAGES[name]);
}

async function playStage(
  { installation, field, plans }: Stage,
  { size, onRound }: CampaignOptions,
  { chance, late }: Course,
): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  const seen: EventView[] = [];
  const over = new AbortController();
  const following = follow(installation, seen, over.signal);
  for (const plan of plans) {
    if (late()) break;
    const whole = { ...field, installation, chance, freezeMs: size.freezeMs };
    const report = await playRound(whole, plan, { seen });
    reports.push(plan === plans.at(-1) ? await withWholeStream(report, installation, { seen }) : report);
    onRound(reports.at(-1)!);
  }
  over.abort();
  await following;
  return reports;
}

/** All of the stream once more, from its very beginning. */
async function withWholeStream(
  report: RoundReport,
  at: Installation,
  { seen }: Follower,
): Promise<RoundReport> {
  const all = await eventsSince(at.client, 'start');
  return { ...report, broken: [...report.broken, ...strictlyInOrder(all), ...sameStream(seen, all)] };
}

async function follow(at: Installation, into: EventView[], signal: AbortSignal): Promise<void> {
  for await (const event of at.client.stream('event.follow', { after: 'start' }, { signal }))
    into.push(event);
}

export function plansOf(name: string, size: Size, strikes: readonly (readonly StrikeName[])[]): RoundPlan[] {
  const { jobsPerRound, overMs, endWithinMs, logs } = size;
  return strikes.map((list, at) => ({
    label: `${name}-${at}`,
    jobs: jobsPerRound,
    overMs,
    strikes: list,
    endWithinMs,
    logs,
  }));
}

/** `capstan up`, and everything in it killed; now and then the server is frozen. */
async function killing({ size, only = KILLING }: CampaignOptions, chance: Chance): Promise<Stage> {
  const installation = await Installation.make();
  await installation.up();
  let deck: StrikeName[] = [];
  const draw = () => {
    if (deck.length === 0) deck = chance.shuffled(only);
    return deck.pop()!;
  };
  const strikes = Array.from({ length: size.rounds }, (_, round) => {
    const drawn = Array.from({ length: size.strikesPerRound }, draw);
    return round % 20 === 1 ? [...drawn, 'freeze server' as const] : drawn;
  });
  return {
    name: 'killing',
    program: CAPSTAN_UP,
    installation,
    field: {},
    plans: plansOf('kill', size, strikes),
    close: () => end(installation),
  };
}

export async function end(installation: Installation): Promise<void> {
  await installation.kill('SIGTERM');
  installation.remove();
}

const SMALL_DISK_MB = 24;

/** `capstan up` on a clock that jumps and a disk that fills up. */
async function clockAndDisk(options: CampaignOptions): Promise<Stage | undefined> {
  const { size, onSkip } = options;
  const strikes: StrikeName[] = [];
  let clockFile: string | undefined;
  const env: Record<string, string> = {};
  const installation = await Installation.make({ ...CAPSTAN_UP, env });
  const clock = fakeClock(join(installation.folder, 'clock'));
  if ('has' in clock) {
    Object.assign(env, clock.has);
    clockFile = clock.has.FAKETIME_TIMESTAMP_FILE;
    strikes.push('jump clock', 'jump clock');
  } else onSkip('clock jumps', clock.skipped);
  // A first start makes the directory that the small file system then covers.
  await installation.up();
  await installation.kill('SIGTERM');
  const disk = mountSmall(join(installation.home, 'jobs'), SMALL_DISK_MB);
  if ('has' in disk) strikes.push('fill disk');
  else onSkip('disk full', disk.skipped);
  const close = async () => {
    await installation.kill('SIGTERM');
    if ('has' in disk) unmount(disk.has);
    installation.remove();
  };
  if (strikes.length === 0) {
    await close();
    return undefined;
  }
  await installation.up();
  const rounds = Array.from({ length: Math.max(1, Math.floor(size.rounds / 10)) }, () => [
    ...strikes,
    'kill server' as const,
  ]);
  return {
    name: 'clock and disk',
    program: CAPSTAN_UP,
    installation,
    field: { clockFile, smallDisk: 'has' in disk ? disk.has : undefined },
    plans: plansOf('room', { ...size, jobsPerRound: Math.min(size.jobsPerRound, 40) }, rounds),
    close,
  };
}
