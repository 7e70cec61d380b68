/**
 * Puts each operation into the audit as its definition says: a change is recorded by the store in its
 * own transaction; a read is recorded before it is answered; a refusal is counted.
 */
import type { Target } from '../../core/access/principal.ts';
import type { AuditEntry } from '../../core/audit/record.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Call, Operation } from '../define.ts';
import { inputDigest } from './input-digest.ts';

/** Where an invocation came from. */
export interface Origin {
  readonly requestId?: string | undefined;
  /** Network address. */
  readonly address?: string | undefined;
}

type Who = Pick<Call<unknown>, 'principal' | 'ports'>;

/** The handler's answer. */
export function audited(operation: Operation, call: Call<unknown>, origin: Origin = {}): unknown {
  if (operation.audit === 'none') return operation.handler(call);
  const { audit } = call.ports;
  const entry = entryOf(operation, call, origin);
  if (operation.kind === 'stream') return recordedFirst(() => audit.record(entry), operation.handler(call));
  if (operation.audit === 'read') return audit.record(entry).then(() => operation.handler(call));
  return audit.within(entry, async () => operation.handler(call));
}

/** Counts what was refused for lack of permission; other refusals are the user's own matter. */
export function noteRefusal(
  operation: Operation,
  {
    error,
    input,
    origin = {},
  }: { readonly error: unknown; readonly input: unknown; readonly origin?: Origin | undefined },
  { principal, ports }: Who,
): void {
  if (!(error instanceof Refused) || !(DENIALS.has(error.code) || error.status === 401)) return;
  ports.audit.refused({
    at: ports.clock.now(),
    principal: principal.id,
    kind: principal.kind,
    operation: operation.name,
    effect: 'refusal',
    outcome: error.code,
    project: text(fieldOf(input, 'project')),
    address: origin.address,
  });
}

/** A project that may not be seen is denied under the second name. */
const DENIALS: ReadonlySet<string> = new Set(['auth.forbidden', 'project.not_found']);

async function* recordedFirst(record: () => Promise<void>, items: AsyncIterable<unknown>): AsyncGenerator {
  await record();
  yield* items;
}

function entryOf(operation: Operation, { input, principal, now }: Call<unknown>, origin: Origin): AuditEntry {
  const target: Target | 'any' = operation.target(input);
  let digest: string | undefined;
  return {
    at: now,
    principal: principal.id,
    kind: principal.kind,
    operation: operation.name,
    effect: operation.audit === 'read' ? 'read' : 'change',
    project: target === 'any' ? undefined : target.project,
    target: targetOf(input),
    request: origin.requestId,
    address: origin.address,
    // When it is asked for: tasks are recorded by the group, which has a digest of its own. Once: what an agent tells
    // of five hundred attempts is the input of five hundred changes.
    get input() {
      digest ??= inputDigest(input);
      return digest;
    },
    get fields() {
      return typeof input === 'object' && input !== null ? presentFields(input) : undefined;
    },
  };
}

/** What an input calls the thing that it is about, most telling first. */
const NAMES = ['name', 'job', 'queue', 'role', 'binding', 'session', 'id', 'agent', 'project'] as const;

function targetOf(input: unknown): string | undefined {
  return NAMES.map((name) => text(fieldOf(input, name))).find((value) => value !== undefined);
}

function presentFields(input: object): string[] {
  return Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}

function fieldOf(input: unknown, name: string): unknown {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[name] : undefined;
}

/** Of a bounded length: it was not checked when it is part of a refusal. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 253) : undefined;
}
