/** Who somebody is now that is not here: for what is done on their behalf later. */
import type { Owner } from '../core/access/owner.ts';
import type { Principal } from '../core/access/principal.ts';

export interface Principals {
  /** With the roles that hold now; undefined when its key has ended or was revoked. */
  current(owner: Owner): Promise<Principal | undefined>;
}
