/**
 * How long Capstan keeps people waiting: `capstan up` until it is ready, a trivial job until its first
 * line and until its end, the command line itself. Every part beside a bare form of the same work.
 */
import { join } from 'node:path';
import { Capstan } from './harness/capstan.ts';
import { check } from './harness/check.ts';
import { figureOf, type Peer, type Report } from './harness/figure.ts';
import { output } from './harness/programs.ts';
import { sampled, timed } from './harness/samples.ts';
import { type Scratch, scratch } from './harness/scratch.ts';
import { startBarePostgres } from './startup/bare-postgres.ts';
import { untilEnded, untilFirstLine } from './startup/job.ts';

const FIRST_STARTS = 3;
const WARM_STARTS = 5;
const WARM_UP = 5;
const JOBS = 30;
const COMMANDS = 10;

export async function run(report: Report): Promise<void> {
  using place = scratch();
  const data = await firstStarts(place, report);
  await warmStarts(place, data, report);
  await using capstan = await Capstan.up(data, place.dir);
  await jobs(capstan, report);
  await commands(capstan, report);
}

/** Each in a new data directory; returns the last one. */
async function firstStarts(place: Scratch, report: Report): Promise<string> {
  const data = (index: number) => join(place.dir, `data-${index}`);
  const samples = await sampled(FIRST_STARTS, async (index) => {
    await using capstan = await Capstan.up(data(index), place.dir);
    return capstan.startMs;
  });
  const peer = {
    against: 'copying the same PostgreSQL, initdb, pg_ctl start',
    samples: await sampled(FIRST_STARTS, (index) => startBarePostgres(join(place.dir, `bare-${index}`))),
  };
  report(figureOf({ name: 'up, first time', samples, unit: 'ms', goal: 8000, peer }));
  return data(FIRST_STARTS - 1);
}

async function warmStarts(place: Scratch, data: string, report: Report): Promise<void> {
  const stops: number[] = [];
  const samples = await sampled(WARM_STARTS, async () => {
    await using capstan = await Capstan.up(data, place.dir);
    stops.push(await capstan.stop());
    return capstan.startMs;
  });
  report(figureOf({ name: 'up, warm', samples, unit: 'ms', goal: 2000 }));
  report(figureOf({ name: 'stop', samples: stops, unit: 'ms' }));
}

async function jobs({ client }: Capstan, report: Report): Promise<void> {
  const peer: Peer = {
    against: 'the same command, spawned by node',
    samples: await sampled(JOBS, () => timed(() => output(['echo', 'hello']))),
  };
  await sampled(WARM_UP, () => untilFirstLine(client));
  const first = await sampled(JOBS, () => untilFirstLine(client));
  report(figureOf({ name: 'submit to first line', samples: first, unit: 'ms', goal: 150, peer }));
  const ended = await sampled(JOBS, () => untilEnded(client));
  report(figureOf({ name: 'submit to ended', samples: ended, unit: 'ms', peer }));
}

async function commands(capstan: Capstan, report: Report): Promise<void> {
  const bare = [process.execPath, '-e', '0'];
  const peer: Peer = {
    against: 'node -e 0',
    samples: await sampled(COMMANDS, () => timed(() => output(bare))),
  };
  const version = () => capstan.cli('version', '--client');
  check((await version()).includes('client'), 'capstan version says a version');
  const versions = await sampled(COMMANDS, () => timed(version));
  report(figureOf({ name: 'capstan version --client', samples: versions, unit: 'ms', peer }));
  const runs = await sampled(COMMANDS, () =>
    timed(async () => {
      const said = await capstan.cli('run', '--follow', '--', 'echo', 'hello');
      check(said.includes('\nhello\n'), `capstan run --follow prints hello, not ${JSON.stringify(said)}`);
    }),
  );
  report(figureOf({ name: 'capstan run --follow', samples: runs, unit: 'ms', peer }));
}
