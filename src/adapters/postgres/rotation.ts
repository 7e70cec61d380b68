/**
 * The password of the database may change while servers run (S16). PostgreSQL knows one password of a
 * role and takes it from one moment to the next, so a new one is tried before anything is replaced: once
 * it is accepted, new connections use it, and those that were opened with the old one are given up as
 * soon as their work is done. Whoever is refused meanwhile waits for that, instead of failing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Connection, clientConfig } from './connection.ts';
import type { Log } from './log.ts';
import { codeOf } from './unavailable.ts';

/** What may be the password now, most likely first. */
export type ReadPasswords = () => Promise<readonly string[]>;

export interface RotationOptions {
  readonly connection: Connection;
  /** As `connection` has it. */
  readonly password: string;
  readonly read: ReadPasswords;
  readonly log: Log;
}

/** Between looks at the source, in milliseconds. */
const LOOK_EVERY = 1000;
/** A password that is not accepted yet is tried less and less often: each try is a line in the database's log. */
const TRY_AGAIN_AT_MOST = 30_000;
/** How long a refused connection waits for the password that opens it, and between looks, in milliseconds. */
const PATIENCE = 5000;
const IMPATIENT = 50;

/** PostgreSQL: the password is wrong (28P01), or the role may not come in (28000). */
export function isRejection(error: unknown): boolean {
  return ['28P01', '28000'].includes(codeOf(error) ?? '');
}

export class Rotation {
  readonly #options: RotationOptions;
  readonly #followers = new Set<(connection: Connection) => void>();
  readonly #timer: NodeJS.Timeout;
  #inForce: string;
  #looking: Promise<boolean> | undefined;
  #tried = { text: '', wait: 0, since: 0 };
  #unreadable = false;

  constructor(options: RotationOptions) {
    this.#options = options;
    this.#inForce = options.password;
    this.#timer = setInterval(() => void this.#look(false), LOOK_EVERY).unref();
  }

  /** Told of the connection to use from now on, each time. */
  follow(use: (connection: Connection) => void): void {
    this.#followers.add(use);
  }

  /** After a refusal: true once another password is accepted, false when none is within the patience. */
  async rejected(): Promise<boolean> {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      if (await this.#look(true)) return true;
      await delay(IMPATIENT);
    }
    return false;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#followers.clear();
  }

  /** One at a time; whoever asks meanwhile gets the same answer. */
  #look(urgent: boolean): Promise<boolean> {
    this.#looking ??= this.#tryAll(urgent).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #tryAll(urgent: boolean): Promise<boolean> {
    const candidates = (await this.#read()).filter((password) => password !== this.#inForce);
    if (candidates.length === 0 || !(urgent || this.#isDue(candidates.join('\n')))) return false;
    for (const password of candidates) if (await this.#accepts(password)) return this.#use(password);
    return false;
  }

  async #read(): Promise<readonly string[]> {
    try {
      const found = await this.#options.read();
      this.#unreadable = false;
      return found;
    } catch (error) {
      if (!this.#unreadable)
        this.#options.log.warn({ err: error }, 'the database password cannot be read: the old one stays');
      this.#unreadable = true;
      return [];
    }
  }

  #isDue(text: string): boolean {
    const now = performance.now();
    if (text !== this.#tried.text) this.#tried = { text, wait: 0, since: now };
    if (now - this.#tried.since < this.#tried.wait) return false;
    this.#tried = { text, wait: Math.min(TRY_AGAIN_AT_MOST, this.#tried.wait * 2 || LOOK_EVERY), since: now };
    return true;
  }

  async #accepts(password: string): Promise<boolean> {
    const client = new Client(
      clientConfig(withPassword(this.#options.connection, password), 'capstan-password'),
    );
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #use(password: string): true {
    this.#inForce = password;
    const connection = withPassword(this.#options.connection, password);
    for (const use of this.#followers) use(connection);
    this.#options.log.info({}, 'the database password was replaced');
    return true;
  }
}

/** In a URL the parameter wins over what stands before the host. */
export function withPassword(connection: Connection, password: string): Connection {
  if (typeof connection !== 'string') return { ...connection, password };
  return `${connection}${connection.includes('?') ? '&' : '?'}password=${encodeURIComponent(password)}`;
}

/** As `pg` understands the connection; undefined when it has none. */
export function passwordOf(connection: Connection): string | undefined {
  const config = typeof connection === 'string' ? { connectionString: connection } : connection;
  const { password } = new Client({ ...config });
  return typeof password === 'string' && password !== '' ? password : undefined;
}
