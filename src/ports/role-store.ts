/** Custom roles, and who is bound to which role where. */
import type { Scope } from '../core/access/principal.ts';
import type { Page, PageOf } from './page.ts';

export interface CustomRole {
  readonly name: string;
  readonly description: string;
  /** By name. */
  readonly operations: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface RoleStore {
  put(role: CustomRole): Promise<CustomRole>;
  /** All of them, by name: there are few. */
  list(): Promise<readonly CustomRole[]>;
  /** False when it is not there. Throws Refused `role.in_use`. */
  remove(name: string): Promise<boolean>;
}

export interface RoleBinding {
  readonly name: string;
  /** `user:ada@example.org`, `group:research`, `service:github:…` */
  readonly subject: string;
  /** Built-in or custom. */
  readonly role: string;
  readonly scope: Scope;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface BindingStore {
  put(binding: RoleBinding): Promise<RoleBinding>;
  get(name: string): Promise<RoleBinding | undefined>;
  list(page: Page): Promise<PageOf<RoleBinding>>;
  remove(name: string): Promise<boolean>;
  /** Of any of the subjects. */
  of(subjects: readonly string[]): Promise<readonly RoleBinding[]>;
}
