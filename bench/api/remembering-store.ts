/** A store that is asked each question once and answers from memory ever after: what is left is HTTP, checks and JSON. */
import type { Transition } from '../../src/core/job/transition.ts';
import type { Ports } from '../../src/ports/index.ts';
import type { KeyStore } from '../../src/ports/key-store.ts';

export function rememberingPorts(ports: Ports): Ports {
  const jobs = remembering(ports.jobs);
  const submit = async (first: Transition) => ({ kind: 'stored', job: first.job }) as const;
  return {
    ...ports,
    projects: remembering(ports.projects),
    queues: remembering(ports.queues),
    grants: remembering(ports.grants),
    jobs: new Proxy(jobs, {
      get: (target, name) => (name === 'submit' ? submit : Reflect.get(target, name)),
    }),
  };
}

export function rememberingKeys(keys: KeyStore): KeyStore {
  return remembering(keys);
}

function remembering<T extends object>(port: T): T {
  const answers = new Map<string, unknown>();
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        const question = `${String(name)} ${JSON.stringify(args)}`;
        if (!answers.has(question)) answers.set(question, Reflect.apply(method, target, args));
        return answers.get(question);
      };
    },
  });
}
