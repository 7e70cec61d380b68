/**
 * Seals what was recorded, within a second of its commit, and signs heads over all chains. A sealer
 * that is killed leaves its records to the next round of any server. Every head is also kept beside the
 * signing key, outside the database: what is cut off inside is missed here.
 */
import { headBody, readBody, type Signed } from '../core/audit/signed.ts';
import type { Ports } from '../ports/index.ts';

type SealerPorts = Pick<Ports, 'audit' | 'auditLog' | 'auditKeys' | 'clock'>;

/** Milliseconds. */
const SEAL_EVERY = 500;
const HEAD_EVERY = 5000;
const REFUSALS_EVERY = 60_000;

export class Sealer {
  readonly #ports: SealerPorts;
  #headAt = 0;
  #flushedAt: number;
  #last: Signed | undefined;

  constructor(ports: SealerPorts) {
    this.#ports = ports;
    this.#flushedAt = ports.clock.now();
  }

  /** Returns when to come again, milliseconds. */
  async round(): Promise<number> {
    const { audit, auditLog, clock } = this.#ports;
    const now = clock.now();
    if (isOver(now, this.#flushedAt, REFUSALS_EVERY)) {
      this.#flushedAt = now;
      await audit.flush();
    }
    const sealed = await auditLog.seal(now);
    if (isOver(now, this.#headAt, HEAD_EVERY)) {
      this.#headAt = now;
      await this.signHead();
    }
    return sealed > 0 ? SEAL_EVERY / 2 : SEAL_EVERY;
  }

  /** Writes, seals and signs all that there is; to be called when the server ends. */
  async finish(): Promise<void> {
    const { audit, auditLog, clock } = this.#ports;
    await audit.flush();
    while ((await auditLog.seal(clock.now())) > 0);
    await this.signHead();
  }

  /** @throws when a head that was signed here is no longer in the database: it was cut, or is an older copy. */
  async signHead(): Promise<void> {
    const { auditLog, auditKeys } = this.#ports;
    const signed = await signHead(this.#ports);
    if (signed) await auditKeys.note(signed);
    const last = this.#last ?? (await auditKeys.noted()).filter(({ body }) => body !== signed?.body).at(-1);
    this.#last = signed ?? last;
    if (last && signed && !follows(signed, last)) {
      const { items } = await auditLog.heads({ limit: 100 });
      if (items.some(({ body }) => body === last.body)) return;
      throw new Error('a signed head of the audit is gone from the database: run `capstan audit verify`');
    }
  }
}

/** Undefined when nothing was sealed since the last head. */
function signHead({ auditLog, auditKeys, clock }: SealerPorts): Promise<Signed | undefined> {
  return auditLog.addHead(({ previous, ...basis }) =>
    auditKeys.sign(headBody({ ...basis, at: clock.now() }, previous, auditKeys.digest)),
  );
}

/** Drops what is older than the given time, epoch milliseconds; its proof is kept. */
export function dropOld({ auditLog, auditKeys, clock }: SealerPorts, before: number): Promise<void> {
  return auditLog.drop(before, (dropping) =>
    auditKeys.sign(JSON.stringify({ type: 'retention', at: clock.now(), ...dropping })),
  );
}

function follows(signed: Signed, last: Signed): boolean {
  return readBody(signed, 'head')?.number === (readBody(last, 'head')?.number ?? 0) + 1;
}

/** A clock that was set back ends a wait as well. */
function isOver(now: number, since: number, ms: number): boolean {
  return now - since >= ms || now < since;
}
