/** Which server, with which key, and how it proves itself. The key stands in no error and no log. */
import { readFileSync, statSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';

export interface ServerOptions {
  /** Like `https://capstan.example`; else CAPSTAN_SERVER. */
  readonly server?: string | undefined;
  /** Else CAPSTAN_KEY. */
  readonly key?: string | undefined;
  /** Read again when it changes; else CAPSTAN_KEY_FILE. */
  readonly keyFile?: string | undefined;
  /** Certificates of an authority of your own, PEM; else CAPSTAN_CA_FILE. */
  readonly caFile?: string | undefined;
  /** For networks that encrypt by themselves: a key otherwise goes to https, or to this machine. */
  readonly allowPlainHttp?: boolean | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Can be handed to another thread. */
export interface ServerFacts {
  readonly address: string;
  readonly key: string | undefined;
  readonly keyFile: string | undefined;
  /** PEM. */
  readonly ca: string | undefined;
}

const KEY = /^[\x21-\x7e]+$/;

/** @throws TypeError when what was given is no address or no key, or would send the key in the clear */
export function findServer(options: ServerOptions, env: Environment = process.env): ServerFacts {
  const named = options.server ?? (env.CAPSTAN_SERVER || undefined);
  if (named === undefined) {
    throw new TypeError(
      'no server is named: pass `server`, or set CAPSTAN_SERVER to an address like https://capstan.example',
    );
  }
  const address = checkedAddress(named);
  const { key, keyFile } = findKey(options, env);
  const secure = address.startsWith('https:');
  const hasKey = key !== undefined || keyFile !== undefined;
  if (!secure && hasKey && !options.allowPlainHttp && !isLoopback(new URL(address).hostname)) {
    throw new TypeError(
      `${address} is neither https nor on this machine: the key would be readable on the way. ` +
        'Use https, or say allowPlainHttp where the network itself encrypts.',
    );
  }
  const caFile = options.caFile ?? (env.CAPSTAN_CA_FILE || undefined);
  const ca = secure && caFile !== undefined ? readFileSync(caFile, 'utf8') : undefined;
  return { address, key, keyFile, ca };
}

/** Without a trailing slash. The message never repeats credentials that somebody wrote into it. */
function checkedAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new TypeError(
      'the server address carries credentials: give the key by CAPSTAN_KEY or CAPSTAN_KEY_FILE',
    );
  }
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw new TypeError(`the server address is none: write it like https://capstan.example`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function findKey(options: ServerOptions, env: Environment): Pick<ServerFacts, 'key' | 'keyFile'> {
  if (options.key !== undefined) return { key: checkedKey(options.key, '`key`'), keyFile: undefined };
  if (options.keyFile !== undefined) return { key: undefined, keyFile: options.keyFile };
  if (env.CAPSTAN_KEY) return { key: checkedKey(env.CAPSTAN_KEY, 'CAPSTAN_KEY'), keyFile: undefined };
  return { key: undefined, keyFile: env.CAPSTAN_KEY_FILE || undefined };
}

/** Anything but printable ASCII would be refused by Node, with the key in its message. */
function checkedKey(text: string, source: string): string {
  const key = text.trim();
  if (!KEY.test(key))
    throw new TypeError(`${source} holds no key: a key is one line of printable characters`);
  return key;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIPv4(bare)) return bare.startsWith('127.');
  if (isIPv6(bare)) return bare === '::1' || /^::ffff:7f/i.test(bare);
  return bare === 'localhost' || bare.endsWith('.localhost');
}

/** The key as it is now: a mounted secret may rotate. */
export class KeySource {
  readonly #facts: Pick<ServerFacts, 'key' | 'keyFile'>;
  #seen = '';
  #read: string | undefined;

  constructor(facts: Pick<ServerFacts, 'key' | 'keyFile'>) {
    this.#facts = facts;
  }

  /** Nothing without a key. @throws TypeError when there is none in the file, and what reading a file throws */
  headers(): Record<string, string> {
    const key = this.#facts.keyFile === undefined ? this.#facts.key : this.#ofFile(this.#facts.keyFile);
    return key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  #ofFile(path: string): string {
    const { mtimeMs, size } = statSync(path);
    const now = `${mtimeMs} ${size}`;
    if (this.#read === undefined || now !== this.#seen) {
      this.#read = checkedKey(readFileSync(path, 'utf8'), path);
      this.#seen = now;
    }
    return this.#read;
  }
}
