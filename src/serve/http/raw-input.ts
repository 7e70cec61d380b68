/** Merges the parts of a request into the one raw input of an operation; `invoke` judges what it holds. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Detail, Refused } from '../../core/errors/refused.ts';
import type { Operation } from '../../operations/define.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Headers that stand for a field of the input, where the operation has that field. */
const HEADER_FIELDS = [
  { header: 'idempotency-key', field: 'idempotencyKey', replaces: false },
  // A browser reconnects to the URL it first had: what it has seen since is only in the header.
  { header: 'last-event-id', field: 'after', replaces: true },
] as const;

/** Names of the fields that an operation's input has. */
export function fieldsOf({ input }: Operation): ReadonlySet<string> {
  return new Set(input instanceof z.ZodObject ? Object.keys(input.shape) : []);
}

const ONLY_A_COOKIE = { expected: 'nothing: it is in a cookie alone', got: 'a field' };

/**
 * @param kept fields that are taken from cookies alone
 * Throws Refused `input.invalid` when two parts of the request contradict each other.
 */
export function rawInput(
  request: FastifyRequest,
  known: ReadonlySet<string>,
  kept: Readonly<Record<string, string | undefined>> = {},
): Fields {
  const inBody = request.method !== 'GET' && request.method !== 'DELETE';
  const details: Detail[] = [];
  const input = inBody ? bodyOf(request, details) : ownFields(request.query);
  if (inBody) refuseQuery(ownFields(request.query), details);
  for (const { header, field, replaces } of HEADER_FIELDS) {
    const value = request.headers[header];
    if (value === undefined || !known.has(field)) continue;
    if (replaces) delete input[field];
    put(input, { field, value, from: `the header ${header}` }, details);
  }
  for (const [field, value] of Object.entries(kept)) {
    if (value !== undefined && known.has(field)) put(input, { field, value, from: 'the cookie' }, details);
    else if (Object.hasOwn(input, field)) details.push({ path: field, ...ONLY_A_COOKIE });
  }
  for (const [field, value] of Object.entries(ownFields(request.params))) {
    put(input, { field, value, from: 'the path' }, details);
  }
  if (details.length > 0) throw new Refused('input.invalid', { count: details.length }, { details });
  return input;
}

function bodyOf(request: FastifyRequest, details: Detail[]): Record<string, unknown> {
  const { body } = request;
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return ownFields(body);
  details.push({ path: '', expected: 'an object', got: Array.isArray(body) ? 'a list' : `a ${typeof body}` });
  return {};
}

function refuseQuery(query: Fields, details: Detail[]): void {
  for (const name of Object.keys(query)) {
    details.push({
      path: name,
      expected: 'nothing in the query',
      got: 'a query parameter',
      hint: 'send it in the body',
    });
  }
}

function put(
  input: Record<string, unknown>,
  { field, value, from }: { field: string; value: unknown; from: string },
  details: Detail[],
): void {
  const other = input[field];
  if (other !== undefined && other !== value) {
    details.push({
      path: field,
      expected: `the same as in ${from}`,
      got: 'another value',
      hint: 'leave it out',
    });
  }
  input[field] = value;
}

/** A copy with plain own fields, whatever prototype the parser gave the original. */
function ownFields(source: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source ?? {}));
}
