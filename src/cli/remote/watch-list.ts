/**
 * `get --watch`: a list, then a row for each change. The cursor is taken before the list is read, so
 * that nothing between the two is missed; what the list showed already is left out by its version.
 */
import type { JobView } from '../../contract/job.ts';
import type { EventView } from '../../contract/stream.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupt } from '../interrupt.ts';
import { layOut, widthsOf } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import type { Session } from '../session.ts';
import type { Client } from './client.ts';
import { filterOf, type GetOptions } from './get.ts';
import { eventKind, listEvents } from './kinds/event.ts';
import { jobKind, listJobs } from './kinds/job.ts';
import type { Filter, Kind } from './kinds/kind.ts';
import { jobCalled } from './kinds/kinds.ts';
import { columnsFor, headOf, referenceOf, rowOf } from './show.ts';

interface Watch {
  readonly names: readonly string[];
  readonly options: GetOptions;
}

export async function watchJobs(session: Session, { names, options }: Watch): Promise<number> {
  const client = await session.client();
  const filter = await filterOf(session, options);
  const wanted = await Promise.all(names.map(jobCalled));
  const after = await newestCursor(client);
  const present = await presentJobs(client, filter, wanted);
  const matches = await matcher(filter, wanted);
  const show = printer(session, jobKind, { allProjects: filter.project === undefined, first: present });
  const versions = new Map(present.map(({ metadata }) => [metadata.uid, Number(metadata.resourceVersion)]));
  return untilInterrupt(session.io, async (interruption) => {
    const { signal } = interruption;
    for await (const { job } of client.stream('job.watch', { project: filter.project, after }, { signal })) {
      const { uid, resourceVersion } = job.metadata;
      if (!matches(job) || Number(resourceVersion) <= (versions.get(uid) ?? -1)) continue;
      versions.set(uid, Number(resourceVersion));
      await show(job);
    }
    return interruption.interrupted ? EXIT.interrupted : EXIT.done;
  });
}

export async function watchEvents(session: Session, { names, options }: Watch): Promise<number> {
  const client = await session.client();
  const { project } = await filterOf(session, options);
  const job = names[0] === undefined ? undefined : await jobCalled(names[0]);
  const { items } = await listEvents(client, { project, job }, options.limit);
  const after = items.at(-1)?.id ?? 'start';
  const show = printer<EventView>(session, eventKind, { allProjects: project === undefined, first: items });
  return untilInterrupt(session.io, async (interruption) => {
    const { signal } = interruption;
    for await (const event of client.stream('event.follow', { project, job, after }, { signal })) {
      await show(event);
    }
    return interruption.interrupted ? EXIT.interrupted : EXIT.done;
  });
}

/** Every event is a change of a job, so the newest one's cursor is a place in the stream of jobs too. */
async function newestCursor(client: Client): Promise<string | undefined> {
  const { items } = await client.call('event.list', { limit: 1 });
  return items[0]?.id;
}

async function presentJobs(
  client: Client,
  filter: Filter,
  names: readonly string[],
): Promise<readonly JobView[]> {
  if (names.length === 0) return (await listJobs(client, filter)).items;
  const project = filter.project ?? '';
  return Promise.all(names.map((job) => client.call('job.get', { project, job })));
}

/** The list is narrowed by the server, the changes here. */
async function matcher(filter: Filter, names: readonly string[]): Promise<(job: JobView) => boolean> {
  const labels = await labelTest(filter.selector);
  const states = filter.state?.split(',');
  return ({ metadata, spec, status }) =>
    (names.length === 0 || names.includes(metadata.name) || names.includes(metadata.uid)) &&
    (states === undefined || states.includes(status.state)) &&
    (filter.queue === undefined || spec.queue === filter.queue) &&
    (filter.type === undefined || spec.type === filter.type) &&
    labels(metadata.labels);
}

async function labelTest(
  selector: string | undefined,
): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  if (selector === undefined) return () => true;
  const { LabelSelector } = await import('../../contract/meta.ts');
  const requirements = LabelSelector.parse(selector);
  return (labels) =>
    requirements.every(({ key, op, value }) => {
      if (op === 'exists') return key in labels;
      if (op === 'absent') return !(key in labels);
      return (labels[key] === value) === (op === 'equals');
    });
}

interface Printed<T> {
  readonly allProjects: boolean;
  readonly first: readonly T[];
}

/** Prints what is there, and returns what prints one more in the same columns. */
function printer<T>(session: Session, kind: Kind<T>, { allProjects, first }: Printed<T>) {
  const { output, io } = session;
  const chosen = columnsFor(session, kind, allProjects);
  const rows = [headOf(chosen), ...first.map((item) => rowOf(session, chosen, item))];
  const widths = widthsOf(rows).map((width, index) => Math.max(width, chosen[index]?.room ?? 0));
  const show = async (item: T) => {
    if (isDocument(output)) {
      if (output === 'yaml') io.stdout.write('---\n');
      await writeDocument(io.stdout, output, item);
    } else if (output === 'name') session.print(referenceOf(kind, item));
    else session.print(layOut(rowOf(session, chosen, item), widths));
  };
  if (isDocument(output) || output === 'name') {
    const shown = first.reduce((before, item) => before.then(() => show(item)), Promise.resolve());
    return (item: T) => shown.then(() => show(item));
  }
  for (const row of rows) session.print(layOut(row, widths));
  return show;
}
