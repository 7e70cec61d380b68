/**
 * `capstan doctor --remote`: what can be seen of a server from here, and what it tells of itself.
 * A check that fails is a finding; only that no server is set is an error of its own.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import type { DoctorView } from '../../contract/system.ts';
import { contextFile, findContext, readContexts } from '../context-file.ts';
import type { Session } from '../session.ts';
import { resolveSettings } from '../settings.ts';
import { ApiError } from './client-errors.ts';

export type Found = DoctorView['items'][number];

const PATIENCE = 10_000;
const DAY = 86_400_000;

export async function examineFromHere(session: Session, version: string): Promise<readonly Found[]> {
  const { server } = await resolveSettings(session.flags, session.env);
  const url = new URL(server);
  const found = await secretFiles(session);
  const reached = await reach(url, session.io.now);
  found.push(
    ...reached.found,
    ...(url.protocol === 'https:' ? await certificate(url, session.io.now()) : []),
  );
  if (!reached.ok) return found;
  return [...found, ...(await told(session, version))];
}

/** Files that hold what opens the server. */
async function secretFiles({ flags, env, io }: Session): Promise<Found[]> {
  const all = await readContexts(env);
  const name = flags.context ?? all.current;
  const context = name === undefined ? undefined : findContext(all, name);
  const files = [flags.keyFile, env.CAPSTAN_KEY_FILE, context?.keyFile].filter((file) => file !== undefined);
  const paths = new Set([contextFile(env), ...files.map((file) => resolve(io.cwd, file))]);
  const modes = await Promise.all([...paths].map(async (path) => ({ path, seen: await modeOf(path) })));
  return modes.flatMap(({ path, seen }) => (seen === undefined ? [] : [judgeMode(path, seen)]));
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );
}

function judgeMode(path: string, mode: number): Found {
  if ((mode & 0o077) === 0) return { check: 'secrets', level: 'ok', what: `${path} is its owner's alone` };
  return {
    check: 'secrets',
    level: 'error',
    what: `${path} may be read by others (${mode.toString(8)})`,
    why: 'whoever reads it can act in your place',
    next: `chmod 600 ${path}, and replace the key: it may have been read.`,
  };
}

interface Reached {
  readonly ok: boolean;
  readonly found: readonly Found[];
}

async function reach(url: URL, now: () => number): Promise<Reached> {
  const before = now();
  try {
    const ready = new URL(`${url.pathname.replace(/\/$/, '')}/readyz`, url);
    const response = await fetch(ready, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) });
    await response.body?.cancel();
    const there = Date.parse(response.headers.get('date') ?? '');
    const clock = Number.isNaN(there) ? [] : [judgeClock(there - (before + now()) / 2)];
    return { ok: true, found: [judgeReady(url, response.status), plainText(url), ...clock].flat() };
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const why = cause?.code ?? cause?.message ?? (error as Error).message;
    const next = 'Look whether the server runs, and whether a proxy or firewall is between.';
    const what = `${url.origin} cannot be reached: ${why}`;
    return { ok: false, found: [{ check: 'reach', level: 'error', what, next }] };
  }
}

function judgeReady({ origin }: URL, status: number): Found {
  if (status === 200) return { check: 'reach', level: 'ok', what: `${origin} answers, and is ready` };
  const next =
    'Its /readyz says what it waits for; a redirect or 404 means that something else answers there.';
  return { check: 'reach', level: 'error', what: `${origin} answers ${status}: it is not ready`, next };
}

function plainText({ protocol, hostname, origin }: URL): Found[] {
  if (protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return [];
  const why = 'whoever is in between reads the key';
  return [
    { check: 'tls', level: 'error', what: `${origin} is plain text off loopback`, why, next: 'Use https.' },
  ];
}

/** The Date header has whole seconds. */
function judgeClock(skew: number): Found {
  const seconds = Math.max(0, Math.round(Math.abs(skew) / 1000) - 1);
  if (seconds < 2)
    return { check: 'clock', level: 'ok', what: 'the clocks of this machine and the server agree' };
  return {
    check: 'clock',
    level: seconds > 30 ? 'error' : 'warning',
    what: `the clock of the server is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
    why: 'sign-ins, and times such as --since 1d, go by these clocks',
    next: 'Let both machines follow a time server.',
  };
}

async function certificate({ hostname, port }: URL, now: number): Promise<Found[]> {
  try {
    const { valid_to: until } = await peerCertificate(hostname.replace(/^\[|\]$/g, ''), Number(port) || 443);
    const left = Date.parse(until) - now;
    const what = `the certificate of ${hostname} ends at ${new Date(until).toISOString()}`;
    if (left > 14 * DAY) return [{ check: 'tls', level: 'ok', what }];
    return [{ check: 'tls', level: left <= 0 ? 'error' : 'warning', what, next: 'Renew it at the server.' }];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = `the certificate of ${hostname} is not trusted: ${code ?? message}`;
    const next =
      'Name its authority in NODE_EXTRA_CA_CERTS, or mend the certificate; never switch the check off.';
    return [{ check: 'tls', level: 'error', what, next }];
  }
}

function peerCertificate(host: string, port: number): Promise<DetailedPeerCertificate> {
  const { promise, resolve: found, reject } = Promise.withResolvers<DetailedPeerCertificate>();
  const socket = connect({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, timeout: PATIENCE });
  socket.once('secureConnect', () => {
    found(socket.getPeerCertificate(true));
    socket.destroy();
  });
  socket.once('error', reject);
  socket.once('timeout', () => {
    socket.destroy(new Error('it does not answer in time'));
  });
  return promise;
}

/** What the server tells to who may ask. */
async function told(session: Session, version: string): Promise<Found[]> {
  try {
    const client = await session.client();
    const here = await client.call('system.version', {});
    const { items } = await client.call('system.doctor', {});
    return [judgeVersion(here.version, version), ...items];
  } catch (error) {
    return [refused(error)];
  }
}

function refused(error: unknown): Found {
  const { message } = error as Error;
  if (!(error instanceof ApiError)) return { check: 'server', level: 'error', what: message };
  if (error.status !== 403) return { check: 'server', level: 'error', what: message, next: error.next };
  const next = 'Ask an administrator to look, or for a role with system:write.';
  return { check: 'server', level: 'warning', what: 'you may not ask the server about itself', next };
}

/** The second number stands for the contract, before 1.0. */
function judgeVersion(there: string, here: string): Found {
  const line = (version: string) => version.split('.').slice(0, 2).join('.');
  const what = `the server is ${there}, this program ${here}`;
  if (line(there) === line(here)) return { check: 'version', level: 'ok', what };
  const why = 'one may not know what the other says';
  return { check: 'version', level: 'warning', what, why, next: 'Use the release of the server.' };
}
