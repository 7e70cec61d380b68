/** `capstan get`: lists objects, or shows those that are named. */
import { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT, worst } from '../exit-codes.ts';
import { isDocument } from '../output/document.ts';
import { codeFor, describeError } from '../report.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import type { Client } from './client.ts';
import { listEvents } from './kinds/event.ts';
import { jobKind } from './kinds/job.ts';
import { type Filter, JOB_TYPES, type Kind, type Narrowing } from './kinds/kind.ts';
import { jobCalled, kindCalled, type Reference, referenceTo } from './kinds/kinds.ts';
import { DEFAULT_LIMIT, limitOption } from './options.ts';
import { showDocument, showTable } from './show.ts';

export interface GetOptions extends Omit<Filter, 'limit' | 'project'> {
  readonly allProjects?: boolean;
  readonly watch?: boolean;
  readonly limit: number;
}

export function getVerb(shell: Shell): Command {
  return new Command('get')
    .summary('list objects, or show those that are named')
    .description(
      'Lists jobs, queues, flavors, projects, queuegrants, schedules, events, nodes or workers, or shows those that are named.',
    )
    .argument(
      '<kind>',
      'jobs (j), queues (q), flavors (fl), projects (p), queuegrants (qg), schedules (sched), events (ev), nodes (no), workers (wk), or KIND/NAME',
    )
    .argument('[names...]', 'names; for events: jobs')
    .option('-A, --all-projects', 'of every project that you may see')
    .option('-l, --selector <selector>', 'jobs or schedules with these labels: team=ocr,tier!=dev,sweep,!old')
    .option('--state <states>', 'jobs in these states, separated by commas')
    .option('--queue <queue>', 'jobs of this queue')
    .addOption(new Option('--type <type>', 'jobs of this type').choices(JOB_TYPES))
    .option('--newer-than <duration>', 'jobs submitted within this time, such as 2h')
    .option('--older-than <duration>', 'jobs submitted longer ago than this')
    .addOption(limitOption())
    .option('-w, --watch', 'go on with each change (jobs and events)')
    .addHelpText(
      'after',
      `
Examples:
  capstan get jobs                          jobs of the project
  capstan get jobs -A --state pending       all that wait, wherever
  capstan get jobs -l team=ocr -o wide      with what they ask for and what they say
  capstan get job digits-ddp -o yaml        one, as a file that can be submitted again
  capstan get job/a queue/research          several kinds
  capstan get schedules -o wide             when what is due, and what became of it
  capstan get jobs -w                       go on with each change`,
    )
    .action(async (kind: string, names: string[], options: GetOptions, command: Command) => {
      shell.end(await get(openSession(shell, command), [kind, ...names], options));
    });
}

/** @param words the kind and names, or KIND/NAME. */
export async function get(session: Session, words: readonly string[], options: GetOptions): Promise<number> {
  const [first = '', ...names] = words;
  if (first.includes('/'))
    return showNamed(session, await Promise.all(words.map((word) => referenceTo(word, jobKind))));
  const kind = await kindCalled(first);
  checkOptions(kind, options);
  if (options.watch) return watchList(session, kind, { names, options });
  if (kind.name === 'event' && names.length > 0) {
    return showEventsOf(session, await Promise.all(names.map(jobCalled)), options);
  }
  if (names.length > 0)
    return showNamed(session, await Promise.all(names.map((name) => referenceTo(name, kind))));
  return showList(session, kind, options);
}

async function watchList(
  session: Session,
  kind: Kind<unknown>,
  what: { names: readonly string[]; options: GetOptions },
): Promise<number> {
  const { watchJobs, watchEvents } = await import('./watch-list.ts');
  if (kind.name === 'job') return watchJobs(session, what);
  if (kind.name === 'event') return watchEvents(session, what);
  throw new UsageError(`${kind.plural} cannot be watched`, '--watch is for jobs and events.');
}

const FLAGS: Readonly<Record<Narrowing, string>> = {
  selector: '--selector',
  state: '--state',
  queue: '--queue',
  type: '--type',
  newerThan: '--newer-than',
  olderThan: '--older-than',
};

/** A flag that would be ignored is an error: the list would not be what was asked for. */
function checkOptions(kind: Kind<unknown>, options: GetOptions): void {
  const unknown = (Object.keys(FLAGS) as Narrowing[]).find(
    (field) => options[field] !== undefined && !kind.narrowings.includes(field),
  );
  if (unknown) throw new UsageError(`${FLAGS[unknown]} is not for ${kind.plural}`, 'It narrows jobs.');
}

async function showList(session: Session, kind: Kind<unknown>, options: GetOptions): Promise<number> {
  const client = await session.client();
  const filter = await filterOf(session, options);
  const { items, more } = await kind.list(client, filter);
  if (isDocument(session.output)) await showDocument(session, items, false);
  else if (items.length > 0) {
    showTable(session, { kind, items, allProjects: filter.project === undefined && kind.projected });
  } else session.note(emptyNote(kind, filter.project));
  if (more) session.note(`only ${items.length} are shown; --limit 0 shows all`);
  return EXIT.done;
}

function emptyNote(kind: Kind<unknown>, project: string | undefined): string {
  return kind.projected && project !== undefined
    ? `no ${kind.plural} found in project ${project}`
    : `no ${kind.plural} found`;
}

export async function filterOf(session: Session, options: GetOptions): Promise<Filter> {
  const { selector, state, queue, type, newerThan, olderThan, limit = DEFAULT_LIMIT, allProjects } = options;
  const project = allProjects ? undefined : await session.project();
  return { project, selector, state, queue, type, newerThan, olderThan, limit };
}

/** What is there is shown, what is not is said; the exit code is that of the worst. */
async function showNamed(session: Session, references: readonly Reference[]): Promise<number> {
  const client = await session.client();
  const project = await session.project();
  const results = await Promise.allSettled(
    references.map(({ kind, name }) => kind.get(client, name, project)),
  );
  const found = results.flatMap((result, index) =>
    result.status === 'fulfilled' ? [{ kind: references[index]!.kind, item: result.value }] : [],
  );
  if (isDocument(session.output) && found.length > 0) {
    await showDocument(
      session,
      found.map(({ item }) => item),
      references.length === 1,
    );
  } else showByKind(session, found);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  for (const error of errors) session.note(describeError(error, session.paint).join('\n'));
  return worst(errors.map(codeFor));
}

function showByKind(session: Session, found: readonly { kind: Kind<unknown>; item: unknown }[]): void {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  kinds.forEach((kind, index) => {
    if (index > 0 && session.output !== 'name') session.print('');
    const items = found.filter((one) => one.kind === kind).map(({ item }) => item);
    showTable(session, { kind, items, allProjects: false });
  });
}

async function showEventsOf(session: Session, jobs: readonly string[], options: GetOptions): Promise<number> {
  const client: Client = await session.client();
  const project = await session.project();
  const { eventKind } = await import('./kinds/event.ts');
  const lists = await Promise.all(jobs.map((job) => listEvents(client, { project, job }, options.limit)));
  const items = lists.flatMap((list) => list.items).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (isDocument(session.output)) await showDocument(session, items, false);
  else showTable(session, { kind: eventKind, items, allProjects: false });
  return EXIT.done;
}
