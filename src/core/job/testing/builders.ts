/** Jobs for tests: `aJob().in('running').retries(2).build()`. */
import type { AttemptObservation, AttemptOutcome } from '../attempt.ts';
import type { Job } from '../job.ts';
import type { JobSpec } from '../spec.ts';
import type { JobState, StateName } from '../state.ts';

export const NOON = Date.UTC(2026, 0, 1, 12);

const SPEC: JobSpec = {
  type: 'batch',
  queue: 'default',
  priority: 50,
  roles: [
    {
      name: 'worker',
      members: { min: 1, max: 1 },
      command: ['true'],
      args: [],
      env: {},
      resources: { cpu: 100 },
      volumes: [],
      nodeSelector: {},
      tolerations: [],
    },
  ],
  topology: { level: 'none', required: false },
  retry: { limit: 3, backoff: { initialMs: 1000, factor: 2, maxMs: 60_000 }, rules: [] },
  checkpoint: { graceMs: 30_000 },
  outputs: [],
  replaceAfterMs: null,
};

export function aJob(): JobBuilder {
  return new JobBuilder();
}

class JobBuilder {
  #spec: JobSpec = SPEC;
  #state: JobState = stateNamed('pending');
  #fields: Partial<Job> = {};

  in(state: StateName | JobState): this {
    this.#state = typeof state === 'string' ? stateNamed(state) : state;
    return this;
  }

  spec(fields: Partial<JobSpec>): this {
    this.#spec = { ...this.#spec, ...fields };
    return this;
  }

  retries(limit: number, rules: JobSpec['retry']['rules'] = []): this {
    return this.spec({ retry: { ...this.#spec.retry, limit, rules } });
  }

  with(fields: Partial<Job>): this {
    this.#fields = { ...this.#fields, ...fields };
    return this;
  }

  build(): Job {
    const attempts =
      'attempt' in this.#state
        ? [{ number: 1, agent: 'local', admittedAt: NOON, members: [], outputs: [] }]
        : [];
    return {
      uid: '01900000-0000-7000-8000-000000000001',
      project: 'default',
      name: 'job',
      labels: {},
      spec: this.#spec,
      state: this.#state,
      version: 7,
      submittedBy: 'ada',
      createdAt: NOON,
      updatedAt: NOON,
      fence: attempts.length,
      charges: { failed: 0, lost: 0, preempted: 0 },
      attempts,
      ...this.#fields,
    };
  }
}

export function stateNamed(name: StateName): JobState {
  const explained = { reason: 'Test', message: 'made by a test', since: NOON };
  const held = { attempt: 1, agent: 'local', ...explained };
  switch (name) {
    case 'pending':
      return { name, ...explained, reason: 'Submitted' };
    case 'admitted':
    case 'running':
      return { name, ...held };
    case 'unreachable':
      return { name, was: 'running', ...held };
    case 'stopping':
      return { name, to: 'suspended', ...held };
    case 'backoff':
      return { name, until: NOON + 1000, ...explained };
    default:
      return { name, ...explained };
  }
}

/** What the agent `local` sees of attempt 1. */
export function seen(phase: AttemptObservation['phase'], outcome?: AttemptOutcome): AttemptObservation {
  const ref = { job: '01900000-0000-7000-8000-000000000001', attempt: 1 };
  const startedAt = phase === 'starting' ? undefined : NOON;
  return {
    ref,
    phase,
    startedAt,
    endedAt: outcome ? NOON + 5000 : undefined,
    members: [],
    outputs: [],
    notes: [],
    outcome,
  };
}

export const FAILED: Extract<AttemptOutcome, { kind: 'failed' }> = {
  kind: 'failed',
  reason: 'ExitCode',
  message: 'member worker-0 ended with exit code 1',
  exitCode: 1,
};
