/** The sentences of refusals. The amounts are said with their units, the queue and the resource by name. */
import { formatAmount } from '../../kube/quantity.ts';

interface Shortage {
  readonly queue: string;
  readonly resource: string;
  readonly flavor?: string | undefined;
  readonly wanted: number;
  readonly available: number;
  readonly used: number;
  readonly nominal: number;
}

export const say = {
  paused: (queue: string, paused: string) =>
    queue === paused ? `queue ${queue} is paused` : `queue ${queue} is paused with its parent ${paused}`,
  runningLimit: (queue: string, running: number, most: number) =>
    `queue ${queue} runs ${running} of at most ${most} jobs`,
  quota: ({ queue, resource, flavor, wanted, available, used, nominal }: Shortage) => {
    const amount = (value: number) => formatAmount(resource, Math.max(0, value));
    const kind = flavor === undefined ? resource : `${resource} of flavor ${flavor}`;
    const uses = `queue ${queue} uses ${amount(used)} of its own ${amount(nominal)}`;
    const lent =
      available > 0 ? `, and ${amount(available)} more is to be had` : ', and no more is to be had';
    return `needs ${amount(wanted)} ${kind}; ${uses}${used > nominal || available > nominal - used ? lent : ''}`;
  },
  quotaNever: ({ queue, resource, flavor, wanted, available }: Omit<Shortage, 'used' | 'nominal'>) => {
    const kind = flavor === undefined ? resource : `${resource} of flavor ${flavor}`;
    return `needs ${formatAmount(resource, wanted)} ${kind}, the most that queue ${queue} can ever have is ${formatAmount(resource, available)}`;
  },
  behind: 'waits behind a job of its queue that ranks higher and is next',
  delays: 'would delay a job that ranks higher and for which room is kept',
  stopping: (many: number) =>
    `next: room is kept for it until the ${many === 1 ? 'job that is' : `${many} jobs that are`} being stopped ${many === 1 ? 'has' : 'have'} gone`,
};
