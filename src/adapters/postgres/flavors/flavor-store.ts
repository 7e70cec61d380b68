/** The `FlavorStore` port over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Flavor } from '../../../core/scheduling/queue.ts';
import type { FlavorStore, Kept } from '../../../ports/queue-store.ts';
import type { Database } from '../database.ts';
import { getFlavor } from './get-flavor.ts';
import { listFlavors } from './list-flavors.ts';
import { putFlavor } from './put-flavor.ts';
import { removeFlavor } from './remove-flavor.ts';

export class PostgresFlavors implements FlavorStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(flavor: Flavor, now: number): Promise<Kept<Flavor>> {
    return (await this.#db.one(putFlavor, { flavor, now }))!;
  }

  get(name: string): Promise<Kept<Flavor> | undefined> {
    return this.#db.one(getFlavor, name);
  }

  list(): Promise<readonly Kept<Flavor>[]> {
    return this.#db.run(listFlavors, undefined);
  }

  async remove(name: string): Promise<boolean> {
    const { removed, queues } = (await this.#db.one(removeFlavor, name))!;
    if (queues === 0) return removed;
    throw new Refused('flavor.in_use', { flavor: name, queues });
  }
}
