/** One submission of a task as bytes of HTTP, and when its answer is whole: what a client costs is not measured here. */
import { randomUUID } from 'node:crypto';
import payload from '../payload.json' with { type: 'json' };

const RUN = randomUUID();
let sent = 0;

/** As the SDKs send it: under a key of its own, so that it may be sent again. */
export function requestOf(to: { address: string; token: string }, more: object = {}): string {
  sent += 1;
  const task = { handler: 'bench', payload: { ...payload, ...more } };
  const body = JSON.stringify({ spec: { queue: 'default', task }, idempotencyKey: `${RUN}-${sent}` });
  return `${headOf(to)}${body.length}\r\n\r\n${body}`;
}

let head: string | undefined;

function headOf({ address, token }: { address: string; token: string }): string {
  head ??= [
    'POST /api/v1/jobs HTTP/1.1',
    `Host: ${new URL(address).host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: ',
  ].join('\r\n');
  return head;
}

export function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return length !== undefined && answer.length >= end + 4 + Number(length);
}
