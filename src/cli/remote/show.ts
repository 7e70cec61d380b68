/** Shows objects of one kind in the format asked for. */
import { columns, type Row } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import type { Session } from '../session.ts';
import type { Column, Kind } from './kinds/kind.ts';

export interface Shown<T> {
  readonly kind: Kind<T>;
  readonly items: readonly T[];
  /** With a column for the project. */
  readonly allProjects: boolean;
}

export function referenceOf<T>(kind: Kind<T>, item: T): string {
  return `${kind.name}/${kind.nameOf(item)}`;
}

/** One object named by itself is shown bare; otherwise they are items of a List, as kubectl does. */
export async function showDocument(
  session: Session,
  items: readonly unknown[],
  bare: boolean,
): Promise<void> {
  const { output, io } = session;
  if (!isDocument(output)) return;
  const list = { apiVersion: 'capstan.dev/v1alpha1', kind: 'List', items };
  await writeDocument(io.stdout, output, bare && items.length === 1 ? items[0] : list);
}

export function showTable<T>(session: Session, { kind, items, allProjects }: Shown<T>): void {
  if (session.output === 'name') {
    for (const item of items) session.print(referenceOf(kind, item));
    return;
  }
  const chosen = columnsFor(session, kind, allProjects);
  session.print(columns([headOf(chosen), ...items.map((item) => rowOf(session, chosen, item))]));
}

export function columnsFor<T>(session: Session, kind: Kind<T>, allProjects: boolean): readonly Column<T>[] {
  return kind.columns.filter(({ only }) => {
    if (only === 'wide') return session.output === 'wide';
    return only !== 'project' || allProjects;
  });
}

export function headOf<T>(chosen: readonly Column<T>[]): Row {
  return chosen.map(({ head }) => head);
}

export function rowOf<T>(session: Session, chosen: readonly Column<T>[], item: T): Row {
  const look = { now: session.io.now(), paint: session.paint };
  return chosen.map((column) => column.cell(item, look));
}
