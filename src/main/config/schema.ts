/**
 * The settings of a server: the one schema behind the file, the environment and the flags.
 * `docs/configuration.md` is generated from it.
 */
import { z } from 'zod';
import { days, lease, type SettingMeta, setting, text, whole, yesOrNo } from './setting.ts';
import { Issuer, JwtSecret, LONGEST_KEPT, RedirectUris, WorkloadIssuers } from './values.ts';

function limited(least: number, most: number, summary: string) {
  return setting(whole(least, most), { summary, reload: true });
}

const Limits = z.strictObject({
  readsPerSecond: limited(1, 1_000_000, 'requests that read, a second and key'),
  readBurst: limited(1, 1_000_000, 'how many reads of a key may come at once'),
  writesPerSecond: limited(1, 1_000_000, 'requests that change something, a second and key'),
  writeBurst: limited(1, 1_000_000, 'how many changes of a key may come at once'),
  failuresPerSecond: limited(1, 1_000_000, 'requests without a valid key, a second and address'),
  failureBurst: limited(1, 1_000_000, 'how many of those may come at once'),
  streamsPerKey: limited(1, 1_000_000, 'event streams that a key may hold open'),
  connectionsPerAddress: limited(
    1,
    1_000_000,
    'connections from one address; not counted behind a proxy, where all come from it',
  ),
  bodyBytesInFlight: limited(
    1_048_576,
    1_099_511_627_776,
    'bytes of all request bodies that are being answered; beyond, 503',
  ),
});

const S3 = z.strictObject({
  endpoint: setting(text('https://s3.example.com'), {
    summary: 'S3 server for logs and outputs; plain HTTP on loopback only',
    byDefault: 'none: they are kept in the data directory',
  }),
  bucket: setting(text('the name of a bucket'), { summary: 'the bucket, which exists', byDefault: 'none' }),
  region: setting(text('a region'), { summary: 'the region of the bucket' }),
  prefix: setting(text('a folder that ends with /'), {
    summary: 'before every key; ends with /',
    byDefault: 'none',
  }),
  pathStyle: setting(yesOrNo(), { summary: 'endpoint/bucket/key instead of bucket.endpoint/key' }),
  accessKeyId: setting(text('a key id'), { summary: 'who asks', secret: true, byDefault: 'none' }),
  accessKeyIdFile: setting(text('a file'), {
    summary: 'a file that holds the key id, such as a mounted secret',
    path: true,
    byDefault: 'none',
  }),
  secretAccessKey: setting(text('a secret'), { summary: 'its secret', secret: true, byDefault: 'none' }),
  secretAccessKeyFile: setting(text('a file'), {
    summary: 'a file that holds the secret, such as a mounted one',
    path: true,
    byDefault: 'none',
  }),
});

export const ServerSettings = z.strictObject({
  host: setting(text('an address to listen on'), { summary: 'address to listen on', flag: '--host' }),
  port: setting(whole(0, 65_535), { summary: 'port to listen on; 0: any that is free', flag: '--port' }),
  data: setting(text('a directory'), {
    summary: 'where keys and files are kept',
    path: true,
    flag: '--data',
    byDefault: '`$XDG_DATA_HOME/capstan`',
  }),
  databaseUrl: setting(text('postgres://user@host/database'), {
    summary: 'the PostgreSQL of `capstan server`; off loopback with `sslmode=verify-full`',
    secret: true,
    byDefault: 'none: `capstan up` brings its own',
  }),
  databaseUrlFile: setting(text('a file'), {
    summary: 'a file that holds the URL, such as a mounted secret; its password is followed',
    path: true,
    byDefault: 'none',
  }),
  databasePasswordFile: setting(text('a file'), {
    summary: 'a file that holds the password alone; followed, so that it is rotated without a restart',
    path: true,
    byDefault: 'none: it stands in the URL',
  }),
  databasePoolSize: setting(whole(2, 1000), { summary: 'connections to the database' }),
  behindTlsProxy: setting(yesOrNo(), {
    summary: 'a proxy in front ends TLS: plain text off loopback is allowed, X-Forwarded-For is believed',
    flag: '--behind-tls-proxy',
  }),
  tls: z
    .strictObject({
      cert: setting(text('a file'), {
        summary: 'certificate chain, PEM file; read again when it changes',
        reload: true,
        path: true,
        flag: '--tls-cert',
        byDefault: 'none: plain HTTP, on loopback only',
      }),
      key: setting(text('a file'), {
        summary: 'its private key, PEM file',
        reload: true,
        path: true,
        flag: '--tls-key',
        byDefault: 'none',
      }),
    })
    .optional(),
  logLevel: setting(z.enum(['debug', 'info', 'warn', 'error'], 'one of debug, info, warn, error'), {
    summary: 'how much is logged: debug, info, warn or error',
    reload: true,
    flag: '--log-level',
    byDefault: '`info`; `warn` for `capstan up`',
  }),
  jwtSecret: setting(JwtSecret, {
    summary: 'signs access tokens with HS256 instead of keys of its own; 256 bits or more',
    secret: true,
    byDefault: 'none: tokens are signed with EdDSA',
  }),
  oidc: z
    .strictObject({
      issuer: setting(Issuer, {
        summary: 'where people sign in, any standard OpenID provider',
        byDefault: 'none: by key only',
      }),
      clientId: setting(text('a client id'), {
        summary: 'this installation at the issuer',
        byDefault: 'none',
      }),
      clientSecret: setting(text('a secret'), {
        summary: 'of a confidential client; absent: a public one',
        secret: true,
        byDefault: 'none',
      }),
      clientSecretFile: setting(text('a file'), {
        summary: 'a file that holds the secret, such as a mounted one',
        path: true,
        byDefault: 'none',
      }),
      redirectUris: setting(RedirectUris, {
        summary: 'where the issuer may send browsers back to for the console: these exactly',
        byDefault: 'none: no sign-in of the console',
      }),
      audience: setting(text('an audience'), {
        summary: 'what ID tokens must be for',
        byDefault: 'the client id',
      }),
      groupsClaim: setting(text('a claim'), {
        summary: 'where ID tokens list the groups',
        byDefault: '`groups`',
      }),
    })
    .optional(),
  workload: z
    .strictObject({
      issuers: setting(WorkloadIssuers, {
        summary: 'CI systems whose tokens are exchanged: `github=https://…,gitlab=https://…`',
        byDefault: 'none',
      }),
      audience: setting(text('an audience'), {
        summary: 'what their tokens must be for',
        byDefault: '`capstan`',
      }),
    })
    .optional(),
  s3: S3.optional(),
  redis: z
    .strictObject({
      url: setting(text('rediss://user:password@host:6380/0'), {
        summary:
          'Redis in which the replicas of `capstan server` share rate limits; off loopback with TLS and a password',
        secret: true,
        byDefault: 'none: each replica limits by itself',
      }),
      urlFile: setting(text('a file'), {
        summary: 'a file that holds the URL, such as a mounted secret',
        path: true,
        byDefault: 'none',
      }),
      ca: setting(text('a file'), {
        summary: 'certificates of an authority of your own, PEM file',
        path: true,
        byDefault: 'the authorities that Node knows',
      }),
    })
    .optional(),
  webhooks: z
    .strictObject({
      allowHttp: setting(yesOrNo(), { summary: 'webhooks may be plain HTTP' }),
      allowPrivate: setting(yesOrNo(), { summary: 'webhooks may lead to loopback and private networks' }),
    })
    .optional(),
  runner: z
    .strictObject({
      cgroup: setting(text('auto, off, or the path of a control group'), {
        summary:
          'control groups for the members of jobs: `auto` takes a group of version 2 that is delegated to an ordinary user and holds nothing else (`systemd-run --user --scope -p Delegate=yes capstan up`), a path what is given; otherwise memory is limited by looking at it',
      }),
    })
    .optional(),
  workers: z
    .strictObject({
      lease: setting(lease('a duration from 1s to 10m, such as 15s'), {
        summary:
          'how long a worker keeps its tasks without being heard; it is asked to speak five times as often',
      }),
    })
    .optional(),
  limits: Limits.optional(),
  retention: z
    .strictObject({
      jobs: setting(days(LONGEST_KEPT), { summary: 'how long ended jobs are kept' }),
      events: setting(days(LONGEST_KEPT), { summary: 'how long events are kept' }),
      audit: setting(days(LONGEST_KEPT), {
        summary: 'how long audit records are kept; the proof of what was dropped stays',
      }),
    })
    .optional(),
});

export interface S3Settings {
  readonly endpoint?: string | undefined;
  readonly bucket?: string | undefined;
  readonly region: string;
  readonly prefix?: string | undefined;
  readonly pathStyle: boolean;
  readonly accessKeyId?: string | undefined;
  readonly accessKeyIdFile?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly secretAccessKeyFile?: string | undefined;
}

export interface LimitSettings {
  readonly readsPerSecond: number;
  readonly readBurst: number;
  readonly writesPerSecond: number;
  readonly writeBurst: number;
  readonly failuresPerSecond: number;
  readonly failureBurst: number;
  readonly streamsPerKey: number;
  readonly connectionsPerAddress: number;
  readonly bodyBytesInFlight: number;
}

/** Every setting with its value: durations in milliseconds, sizes in bytes. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly data?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly databaseUrlFile?: string | undefined;
  readonly databasePasswordFile?: string | undefined;
  readonly databasePoolSize: number;
  readonly behindTlsProxy: boolean;
  readonly tls: { readonly cert?: string | undefined; readonly key?: string | undefined };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly jwtSecret?: string | undefined;
  readonly oidc?:
    | {
        readonly issuer?: string | undefined;
        readonly clientId?: string | undefined;
        readonly clientSecret?: string | undefined;
        readonly clientSecretFile?: string | undefined;
        readonly redirectUris?: readonly string[] | undefined;
        readonly audience?: string | undefined;
        readonly groupsClaim?: string | undefined;
      }
    | undefined;
  readonly workload?:
    | {
        readonly issuers?: readonly (readonly [name: string, issuer: string])[] | undefined;
        readonly audience?: string | undefined;
      }
    | undefined;
  readonly s3: S3Settings;
  readonly redis: {
    readonly url?: string | undefined;
    readonly urlFile?: string | undefined;
    readonly ca?: string | undefined;
  };
  readonly webhooks: { readonly allowHttp: boolean; readonly allowPrivate: boolean };
  readonly runner: { readonly cgroup: string };
  readonly workers: { readonly lease: number };
  readonly limits: LimitSettings;
  readonly retention: { readonly jobs: number; readonly events: number; readonly audit: number };
}

/** As they would be written in a file. Generous: they stop a client that runs wild, not one that works hard. */
export const DEFAULTS: Readonly<Record<string, string | number | boolean>> = {
  host: '127.0.0.1',
  port: 7700,
  databasePoolSize: 10,
  behindTlsProxy: false,
  logLevel: 'info',
  'webhooks.allowHttp': false,
  'webhooks.allowPrivate': false,
  'runner.cgroup': 'auto',
  'workers.lease': '15s',
  's3.region': 'us-east-1',
  's3.pathStyle': true,
  'limits.readsPerSecond': 10_000,
  'limits.readBurst': 20_000,
  'limits.writesPerSecond': 10_000,
  'limits.writeBurst': 20_000,
  'limits.failuresPerSecond': 50,
  'limits.failureBurst': 1000,
  'limits.streamsPerKey': 500,
  'limits.connectionsPerAddress': 2000,
  'limits.bodyBytesInFlight': 268_435_456,
  'retention.jobs': '90d',
  'retention.events': '90d',
  'retention.audit': '400d',
};

export interface Leaf extends SettingMeta {
  /** `limits.readBurst` */
  readonly name: string;
  /** `CAPSTAN_LIMITS_READ_BURST` */
  readonly env: string;
  readonly type: z.ZodType;
}

/** Every setting, in the order of the schema. */
export function leaves(): readonly Leaf[] {
  return leavesOf(ServerSettings, '');
}

function leavesOf(schema: z.ZodObject, prefix: string): Leaf[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, type]) => {
    const name = `${prefix}${key}`;
    const inner = type instanceof z.ZodOptional ? type.unwrap() : type;
    if (inner instanceof z.ZodObject) return leavesOf(inner, `${name}.`);
    return [{ ...(type.meta() as unknown as SettingMeta), name, env: envOf(name), type }];
  });
}

function envOf(name: string): string {
  const words = name.replace(/([A-Z])/g, '_$1').replace(/\./g, '_');
  return `CAPSTAN_${words.toUpperCase()}`;
}
