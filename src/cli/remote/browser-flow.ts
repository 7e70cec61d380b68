/**
 * Signs a person in by a browser on this machine (RFC 8252): the issuer sends it back to a listener on
 * loopback that lives as long as the sign-in. The server redeems the code; this only hands it on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';
import type { Env } from '../io.ts';
import type { Client } from './client.ts';

export interface BrowserFlow {
  readonly client: Client;
  readonly env: Env;
  /** Told the page to open, in case that no browser does. */
  readonly show: (url: string) => void;
}

type SignedIn = Awaited<ReturnType<typeof complete>>;

/** How long a person may take at the issuer, milliseconds; the server waits no longer either. */
const PATIENCE = 600_000;

/** The session. Throws UsageError when the person says no or takes too long, ApiError, Unreachable. */
export async function signInWithBrowser(flow: BrowserFlow): Promise<SignedIn> {
  const back = Promise.withResolvers<URLSearchParams>();
  // It may be refused while nobody waits for it yet.
  back.promise.catch(() => undefined);
  const server = createServer((request, response) => receive(request, response, back.resolve));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const giveUp = () => back.reject(new UsageError('nobody signed in in time', 'Try `capstan login` again.'));
  const timer = setTimeout(giveUp, PATIENCE);
  try {
    const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    const { url, transaction } = await flow.client.call('auth.begin', { redirectUri });
    flow.show(url);
    openBrowser(url, flow.env);
    return await complete(flow.client, transaction, await back.promise);
  } finally {
    clearTimeout(timer);
    end(server);
  }
}

async function complete(client: Client, transaction: string, back: URLSearchParams) {
  const code = back.get('code');
  const why = back.get('error_description') ?? back.get('error') ?? 'it did not say why';
  if (code === null) throw new UsageError(`you were not signed in: ${why}`, 'Try `capstan login` again.');
  const iss = back.get('iss');
  const state = back.get('state') ?? '';
  return client.call('auth.complete', { code, state, transaction, ...(iss === null ? {} : { iss }) });
}

/** Answers whoever asks, and is told one thing: what the issuer sent back. */
function receive(
  request: IncomingMessage,
  response: ServerResponse,
  told: (back: URLSearchParams) => void,
): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const isBack = request.method === 'GET' && url.pathname === '/callback' && url.searchParams.has('state');
  const text = isBack ? 'Go back to the terminal; this page may be closed.' : 'There is nothing here.';
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  };
  response.writeHead(isBack ? 200 : 404, headers).end(`${text}\n`);
  if (isBack) told(url.searchParams);
}

function end(server: Server): void {
  server.close();
  server.closeIdleConnections();
}

/** Where there is a desktop. Nothing is said when it does not open: the page is shown as well. */
function openBrowser(url: string, env: Env): void {
  const program = env.BROWSER || desktopOpener(env);
  if (!program) return;
  // No shell: the page is an argument, whatever it holds.
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

function desktopOpener(env: Env): string | undefined {
  if (process.platform === 'darwin') return 'open';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}
