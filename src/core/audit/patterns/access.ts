/** What the rules look at: who came from where, to do what, and whether it was refused. Made of records alone. */
import type { AuditRecord } from '../record.ts';

export interface Access {
  /** Id of the record. */
  readonly record: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly principal: string;
  /** Of nobody who is known: a missing or wrong key. */
  readonly isStranger: boolean;
  readonly effect: string;
  readonly operation: string;
  /** `done`, or the code of the refusal. */
  readonly outcome: string;
  readonly project?: string | undefined;
  readonly address?: string | undefined;
  /** How many operations it stands for. */
  readonly times: number;
}

/** People, keys and services; what the server and its agents do by themselves follows no person's habits. */
const WATCHED: ReadonlySet<string> = new Set(['key', 'user', 'service', 'anonymous']);

/** One for each operation, outcome, project and address of a record. */
export function accessesOf(record: AuditRecord): Access[] {
  if (!WATCHED.has(record.kind)) return [];
  const found = new Map<string, Access>();
  for (const item of record.items.map(read)) {
    const access = accessOf(record, item);
    const { operation, outcome, project, address } = access;
    // A list of 5,000 submissions is one access: what it was about does not matter here.
    const key = JSON.stringify([operation, outcome, project, address]);
    const before = found.get(key)?.times ?? 0;
    found.set(key, { ...access, times: access.times + before });
  }
  return [...found.values()];
}

type Item = Readonly<Record<string, unknown>>;

function accessOf(record: AuditRecord, item: Item): Access {
  const { id, at, principal, kind, effect } = record;
  return {
    record: id,
    at,
    principal,
    isStranger: kind === 'anonymous',
    effect,
    operation: text(item.operation) ?? record.operation,
    outcome: text(item.outcome) ?? record.outcome,
    project: text(item.project) ?? record.project,
    address: text(item.address),
    times: typeof item.times === 'number' ? item.times : 1,
  };
}

/** Items that cannot be read say nothing; a verifier finds that they were altered. */
function read(line: string): Item {
  try {
    const item: unknown = JSON.parse(line);
    return typeof item === 'object' && item !== null ? (item as Item) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
