/** The rows of a submission, as columns. */

import { dueAt } from '../../../core/job/due.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Once } from '../../../ports/job-store.ts';
import type { AuditSpeaker } from '../audit/audit-context.ts';
import { jsonText } from '../json-text.ts';
import { orderKey } from './order.ts';
import { Speakers } from './speakers.ts';
import { storedSpec } from './stored-spec.ts';
import { column, joined } from './text-arrays.ts';

/** A task that is new, and what is known of it when it is stored. */
export interface NewTask {
  readonly job: Job;
  readonly blocked: 'delay' | 'tasks' | 'gate' | undefined;
  readonly waits: number;
  readonly linked: boolean;
  readonly gate: string | undefined;
  readonly once?: Once | undefined;
  readonly audit: AuditSpeaker;
}

/** What `submittedColumns` fills, as `unnest` takes it apart. */
export const SUBMITTED = `
  SELECT s.*, w.principal, w.kind, w.chain, w.operation FROM unnest(
    ${column(1, 'uuid')}, ${column(2, 'text')}, ${column(3, 'text')}, ${column(4, 'text')}, ${column(5, 'text')},
    ${column(6, 'text')}, ${column(7, 'text')}, ${column(8, 'smallint')}, ${column(9, 'bigint')},
    ${column(10, 'text')}, ${column(11, 'bigint')}, ${column(12, 'bigint')}, ${column(13, 'boolean')},
    ${column(14, 'integer')}, ${column(15, 'text')}, ${column(16, 'integer')}, ${column(17, 'boolean')},
    ${column(18, 'text')}, ${column(19, 'integer')}, ${column(20, 'text')}, ${column(21, 'text')},
    ${column(22, 'text')}, ${column(23, 'text')}, ${column(24, 'integer')}
  ) WITH ORDINALITY AS s (uid, project, name, queue, handler, fair_key, type, priority, order_key, blocked,
    created_at, due_at, due_rule, timeout_ms, gate, waits, linked, payload, payload_bytes, labels, spec,
    key, digest, who, place)
  JOIN ${Speakers.of(25)} USING (who)`;

export const INSERT_TASK = `
  INSERT INTO task (uid, project, name, queue, handler, fair_key, type, priority, order_key, state_name, blocked,
    created_at, due_at, due_rule, timeout_ms, fence, version, submitted_by, gate, waits, linked, payload,
    payload_bytes, labels, spec)
  SELECT uid, project, name, queue, handler, coalesce(fair_key, ''), type, priority, order_key, 'pending', blocked,
    created_at, due_at, due_rule, timeout_ms, 0, 1, principal, gate, waits, linked, payload,
    payload_bytes, labels::jsonb, spec::jsonb`;

type Value = string | number | boolean | null | undefined;
type Row = readonly Value[];

export function submittedColumns(tasks: readonly NewTask[]): readonly unknown[] {
  const speakers = new Speakers();
  const rows = tasks.map((task) => rowOf(task, speakers));
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, index) => joined(rows.map((row) => row[index])));
  return [...columns, ...speakers.values()];
}

function rowOf({ job, blocked, waits, linked, gate, once, audit }: NewTask, speakers: Speakers): Row {
  const { spec } = job;
  const { task } = spec;
  if (!task) throw new Error(`job ${job.uid} is no task`);
  const rule = dueAt(job);
  const delay = blocked === 'delay' ? spec.startAfter : undefined;
  const due = Math.min(rule ?? Infinity, delay ?? Infinity);
  const stored = storedSpec(spec);
  return [
    job.uid,
    job.project,
    job.name === job.uid ? undefined : job.name,
    spec.queue,
    task.handler,
    task.fairKey,
    spec.type,
    spec.priority,
    orderKey(job),
    blocked,
    Math.ceil(job.createdAt),
    Number.isFinite(due) ? Math.ceil(due) : undefined,
    rule !== undefined,
    spec.timeoutMs,
    gate,
    waits,
    linked,
    task.payload,
    task.payloadBytes,
    isEmpty(job.labels) ? undefined : jsonText(job.labels),
    stored === null ? undefined : jsonText(stored),
    once?.key,
    once?.digest,
    speakers.indexOf(audit),
  ];
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
