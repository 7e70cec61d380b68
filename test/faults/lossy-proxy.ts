/**
 * A way to the database that can lose an answer: the statement goes through, its reply comes back as far
 * as here, which is after the commit, and both connections break.
 */
import { mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export interface LossyProxy {
  /** As `host` of a connection. */
  readonly socketDir: string;
  /** Resolves with true when the answer to a write was lost, with false when none came in time. */
  loseAnswer(): Promise<boolean>;
  close(): void;
}

/** Names of prepared statements that change something, as they stand in a Bind message. */
const WRITES = /job_submit|job_apply|plan_apply|job_revive|COMMIT/;
const PATIENCE_MS = 4000;

export async function openLossyProxy(to: {
  socketDir: string;
  port: number;
  at: string;
}): Promise<LossyProxy> {
  mkdirSync(to.at, { mode: 0o700 });
  const sockets = new Set<Socket>();
  let armed: ((lost: boolean) => void) | undefined;
  const server = createServer((near) => {
    const far = connect(join(to.socketDir, `.s.PGSQL.${to.port}`));
    let loses: ((lost: boolean) => void) | undefined;
    const end = () => {
      near.destroy();
      far.destroy();
      sockets.delete(near);
    };
    sockets.add(near);
    near.on('error', end).on('close', end);
    far.on('error', end).on('close', end);
    near.on('data', (bytes) => {
      if (armed && WRITES.test(bytes.toString('latin1'))) [loses, armed] = [armed, undefined];
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!loses) return near.write(bytes);
      end();
      return loses(true);
    });
  });
  await new Promise<void>((resolve) => server.listen(join(to.at, `.s.PGSQL.${to.port}`), resolve));
  return {
    socketDir: to.at,
    loseAnswer: () =>
      new Promise((resolve) => {
        armed = resolve;
        setTimeout(() => {
          if (armed === resolve) armed = undefined;
          resolve(false);
        }, PATIENCE_MS).unref();
      }),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
