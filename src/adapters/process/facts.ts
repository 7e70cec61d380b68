/** What this machine can hold, as the runner tells it: the container's limits where there are any. */
import { arch, availableParallelism, hostname, totalmem } from 'node:os';
import type { Resources } from '../../core/job/spec.ts';
import type { NodeFacts } from '../../ports/runner.ts';

/** Left for Capstan and the system: a tenth of a processor; a tenth of the memory, at most 1 GiB. */
const RESERVED_MILLICORES = 100;
const RESERVED_MEMORY_SHARE = 0.1;
const RESERVED_MEMORY_MOST = 2 ** 30;

/** As Kubernetes spells them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** How members are held to their memory: by the kernel, or by looking at what they use. */
export type MemoryLimit = 'cgroup-v2' | 'cgroup-v1' | 'polled';

export interface Machine {
  readonly name: string;
  /** Takes the place of what was measured, resource by resource. */
  readonly capacity?: Resources | undefined;
  readonly memoryLimit: MemoryLimit;
}

export function machineFacts({ name, capacity = {}, memoryLimit }: Machine): NodeFacts {
  return {
    name,
    allocatable: { cpu: allocatableCpu(), memory: allocatableMemory(), ...capacity },
    labels: {
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': ARCHITECTURES[arch()] ?? arch(),
      'kubernetes.io/hostname': hostname(),
      'capstan.dev/memory-limit': memoryLimit,
    },
  };
}

function allocatableCpu(): number {
  return availableParallelism() * 1000 - RESERVED_MILLICORES;
}

function allocatableMemory(): number {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.floor(total - Math.min(total * RESERVED_MEMORY_SHARE, RESERVED_MEMORY_MOST));
}
