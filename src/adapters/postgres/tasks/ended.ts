/** The way of a task into the history, as parts of a statement. */

/** What of a live row is needed for its history. */
export const ENDED_VALUES = `t.uid, t.project, t.name, t.queue, t.handler, t.fair_key, t.type, t.priority, t.created_at,
      t.started_at, t.fence, t.version, t.worker, t.submitted_by, t.payload, t.payload_bytes, t.labels, t.spec,
      t.charges, t.attempts, t.progress`;

export const ENDED = `
      INSERT INTO task_history (uid, project, name, queue, handler, fair_key, type, priority, state_name,
        created_at, started_at, ended_at, due_at, fence, version, worker, submitted_by, payload, payload_bytes,
        result, result_bytes, labels, spec, state, charges, attempts, progress)`;
