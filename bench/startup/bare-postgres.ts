/** What a first start can not do without, done barely: the same binaries copied, initdb, pg_ctl start. */
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { postgresUser } from '../../src/adapters/data-home/users.ts';
import { findPostgresPackage } from '../../src/adapters/embedded-postgres/find-package.ts';
import { prepareRuntime } from '../../src/adapters/embedded-postgres/runtime-copy.ts';
import { output } from '../harness/programs.ts';
import { timed } from '../harness/samples.ts';

/** Milliseconds; the database is stopped again. */
export async function startBarePostgres(dir: string): Promise<number> {
  const user = process.getuid?.() === 0 ? await postgresUser(dir) : undefined;
  mkdirSync(dir);
  const data = join(dir, 'data');
  const how = { cwd: dir, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...user };
  let pgCtl = '';
  const took = await timed(async () => {
    const { initdb } = await prepareRuntime(findPostgresPackage(), join(dir, 'runtime'));
    if (user) chownSync(dir, user.uid, user.gid);
    pgCtl = join(initdb, '..', 'pg_ctl');
    await output([initdb, '-D', data, '-U', 'bench', '--auth=trust'], how);
    const settings = `-k ${dir} -c listen_addresses=''`;
    await output([pgCtl, 'start', '-w', '-D', data, '-l', join(dir, 'log'), '-o', settings], how);
  });
  await output([pgCtl, 'stop', '-w', '-D', data], how);
  return took;
}
