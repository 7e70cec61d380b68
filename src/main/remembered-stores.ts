/**
 * The stores that every submission asks: for its project, its queue, and the grant between them. What
 * they answer to `get` is remembered for a second (measured: three of five questions less for each
 * submission, 0.5 instead of 0.9 ms of processor time). A change made through this server is seen at
 * once, one made through another replica within the second; what is not there is asked for each time.
 */
import type { GrantStore, ProjectStore, QueueStore } from '../ports/queue-store.ts';
import type { Stores } from './bootstrap.ts';
import { Fresh } from './fresh.ts';

/** Milliseconds. */
const MAX_AGE = 1000;
/** Of each kind. */
const LIMIT = 10_000;

/** @param ticks milliseconds that only grow */
export function rememberStores({ projects, queues, grants }: Stores, ticks: () => number): Stores {
  return {
    projects: rememberProjects(projects, ticks),
    queues: rememberQueues(queues, ticks),
    grants: rememberGrants(grants, ticks),
  };
}

function rememberProjects(store: ProjectStore, ticks: () => number): ProjectStore {
  const kept = memory((name) => store.get(name), ticks);
  return {
    put: (...change) => changing(kept, store.put(...change)),
    get: (name) => kept.get(name),
    list: (...page) => store.list(...page),
    remove: (...which) => changing(kept, store.remove(...which)),
    count: (name) => store.count(name),
  };
}

function rememberQueues(store: QueueStore, ticks: () => number): QueueStore {
  const kept = memory((name) => store.get(name), ticks);
  return {
    put: (...change) => changing(kept, store.put(...change)),
    get: (name) => kept.get(name),
    list: (...page) => store.list(...page),
    remove: (...which) => changing(kept, store.remove(...which)),
    use: (names) => store.use(names),
  };
}

function rememberGrants(store: GrantStore, ticks: () => number): GrantStore {
  // No name has a slash.
  const kept = memory((pair) => {
    const [project = '', queue = ''] = pair.split('/');
    return store.get(project, queue);
  }, ticks);
  return {
    put: (...change) => changing(kept, store.put(...change)),
    get: (project, queue) => kept.get(`${project}/${queue}`),
    list: (...page) => store.list(...page),
    remove: (...which) => changing(kept, store.remove(...which)),
  };
}

function memory<V>(load: (key: string) => Promise<V>, ticks: () => number): Fresh<V> {
  return new Fresh({ load, maxAge: MAX_AGE, limit: LIMIT, ticks });
}

/** Also when it failed: the answer to a commit can be lost. */
async function changing<T>(kept: Fresh<unknown>, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } finally {
    kept.clear();
  }
}
