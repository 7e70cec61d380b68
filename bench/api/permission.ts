/** What the permission check costs by itself: it is in memory, so no difference between two servers shows it. */
import { grantOf } from '../../src/core/access/grants.ts';
import { may, type Principal } from '../../src/core/access/principal.ts';
import { check } from '../harness/check.ts';

const CHECKS = 200_000;
/** As a member of several teams has them: the grant that counts comes last. */
const PROJECTS = ['audio', 'text', 'video', 'maps', 'vision'];

/** Checks a second, of one run. */
export function permissionChecks(): number {
  const grants = PROJECTS.map((project) => ({ ...grantOf('submitter'), scope: { projects: [project] } }));
  const principal = { id: 'user/ada', kind: 'user', grants } as Principal;
  const asked = { name: 'job.submit', permission: 'job:write' } as const;
  let allowed = 0;
  const began = performance.now();
  for (let n = 0; n < CHECKS; n += 1) {
    if (may(principal, asked, 'any') && may(principal, asked, { project: 'vision' })) allowed += 1;
  }
  const seconds = (performance.now() - began) / 1000;
  check(allowed === CHECKS, 'a submitter may submit');
  return CHECKS / seconds;
}
