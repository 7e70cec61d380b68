/** From an operation and its input to an HTTP request: path fields, then the query or the body. */
import { UsageError } from '../errors.ts';
import { ROUTES } from './api.gen.ts';

export type OperationName = keyof typeof ROUTES;

export interface Target {
  readonly server: string;
  readonly key?: string | undefined;
  readonly userAgent: string;
}

export interface Prepared {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function prepare(target: Target, name: OperationName, input: Fields): Prepared {
  const { method, path } = ROUTES[name];
  const inPath = new Set<string>();
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    inPath.add(field);
    return segment(field, String(input[field]));
  });
  const url = new URL(target.server.replace(/\/+$/, '') + filled);
  const rest = Object.entries(input).filter(([field, value]) => !inPath.has(field) && value !== undefined);
  const headers = headersFor(target);
  if (method === 'GET' || method === 'DELETE') {
    for (const [field, value] of rest) url.searchParams.set(field, String(value));
    return { method, url, headers };
  }
  return {
    method,
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(rest)),
  };
}

/** A dot segment would lead to another route, even when it is escaped. */
function segment(field: string, text: string): string {
  if (text !== '' && text !== '.' && text !== '..') return encodeURIComponent(text);
  throw new UsageError(`${JSON.stringify(text)} is no name of a ${field}`);
}

function headersFor({ key, userAgent }: Target): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
}
