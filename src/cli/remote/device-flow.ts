/** Signs a person in at an issuer with the device flow (RFC 8628): they open a page, this waits. */
import { UsageError } from '../errors.ts';
import { unreachable } from './client-errors.ts';

export interface DeviceFlow {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Told where to go, and what to compare there. */
  readonly show: (at: { readonly url: string; readonly code: string }) => void;
  readonly pause: (ms: number) => Promise<void>;
}

/** For one answer of the issuer, milliseconds. */
const PATIENCE = 15_000;
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

type Fields = Readonly<Record<string, unknown>>;

/** The ID token. Throws UsageError when the person says no or takes too long, Unreachable. */
export async function signInWithDevice(flow: DeviceFlow): Promise<string> {
  const described = await getJson(`${flow.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const started = await start(flow, endpoint(described, 'device_authorization_endpoint'));
  flow.show({ url: started.url, code: started.code });
  return poll(flow, endpoint(described, 'token_endpoint'), started);
}

interface Started {
  readonly url: string;
  readonly code: string;
  readonly device: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly lasts: number;
}

async function start({ clientId, scope }: DeviceFlow, url: string): Promise<Started> {
  const { fields } = await post(url, { client_id: clientId, scope });
  const device = fields.device_code;
  const code = fields.user_code;
  const page = fields.verification_uri_complete ?? fields.verification_uri;
  if (typeof device !== 'string' || typeof code !== 'string' || typeof page !== 'string') {
    throw new UsageError(`the issuer refused the device flow: ${said(fields)}`, 'Ask an administrator.');
  }
  const [interval, lasts] = [Number(fields.interval ?? 5) * 1000, Number(fields.expires_in ?? 600) * 1000];
  return { url: page, code, device, interval, lasts };
}

async function poll(flow: DeviceFlow, url: string, { device, interval, lasts }: Started): Promise<string> {
  let pause = interval;
  for (let waited = 0; waited <= lasts; waited += pause) {
    await flow.pause(pause);
    const asked = { grant_type: GRANT, device_code: device, client_id: flow.clientId };
    const { ok, fields } = await post(url, asked);
    if (ok && typeof fields.id_token === 'string') return fields.id_token;
    if (ok) throw new UsageError('the issuer gave no ID token', 'Ask an administrator.');
    if (fields.error === 'slow_down') pause += 5000;
    else if (fields.error !== 'authorization_pending') {
      throw new UsageError(`you were not signed in: ${said(fields)}`, 'Try `capstan login` again.');
    }
  }
  throw new UsageError('nobody signed in in time', 'Try `capstan login` again.');
}

function said(fields: Fields): string {
  return String(fields.error_description ?? fields.error ?? 'it did not say why');
}

function endpoint(described: Fields, name: string): string {
  const url = described[name];
  if (typeof url === 'string') return url;
  throw new UsageError(`the issuer has no ${name}`, 'Use a key, or ask an administrator.');
}

async function getJson(url: string): Promise<Fields> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
    return (await response.json()) as Fields;
  } catch (error) {
    throw unreachable(new URL(url).origin, error);
  }
}

async function post(url: string, form: Record<string, string>): Promise<{ ok: boolean; fields: Fields }> {
  try {
    const body = new URLSearchParams(form);
    const options = {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    } as const;
    const response = await fetch(url, options);
    return { ok: response.ok, fields: (await response.json()) as Fields };
  } catch (error) {
    throw unreachable(new URL(url).origin, error);
  }
}
