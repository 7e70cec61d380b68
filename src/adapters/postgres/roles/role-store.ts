/** The `RoleStore` and `BindingStore` ports over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { BindingStore, CustomRole, RoleBinding, RoleStore } from '../../../ports/role-store.ts';
import type { Database } from '../database.ts';
import { cleanText } from '../json-text.ts';
import { namedPage, pageOfNamed } from '../named-page.ts';
import { listRoles } from './list-roles.ts';
import { putBinding } from './put-binding.ts';
import { putRole } from './put-role.ts';
import { bindingsOf, getBinding, listBindings } from './read-bindings.ts';
import { removeBinding } from './remove-binding.ts';
import { removeRole } from './remove-role.ts';

export class PostgresRoles implements RoleStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(role: CustomRole): Promise<CustomRole> {
    return (await this.#db.one(putRole, role))!;
  }

  list(): Promise<readonly CustomRole[]> {
    return this.#db.run(listRoles, undefined);
  }

  async remove(name: string): Promise<boolean> {
    const { removed, users } = (await this.#db.one(removeRole, name))!;
    if (users > 0) throw new Refused('role.in_use', { role: name, count: users });
    return removed;
  }
}

export class PostgresBindings implements BindingStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(binding: RoleBinding): Promise<RoleBinding> {
    return (await this.#db.one(putBinding, binding))!;
  }

  get(name: string): Promise<RoleBinding | undefined> {
    return this.#db.one(getBinding, name);
  }

  async list(page: Page): Promise<PageOf<RoleBinding>> {
    return pageOfNamed(await this.#db.run(listBindings, namedPage(page)), page);
  }

  async remove(name: string): Promise<boolean> {
    return (await this.#db.one(removeBinding, name)) === true;
  }

  of(subjects: readonly string[]): Promise<readonly RoleBinding[]> {
    return this.#db.run(bindingsOf, subjects.map(cleanText));
  }
}
