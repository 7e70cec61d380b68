/** The thread of a worker's connection: orders come in by messages, what the link hears goes out by messages. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Link, type LinkOptions, type Refusal } from './link.ts';
import type { Lease, StopOrder } from './protocol.ts';
import type { Progress } from './reports.ts';

export type Order =
  | { readonly order: 'finish'; readonly lease: Lease; readonly entry: string }
  | { readonly order: 'abandon'; readonly lease: Lease }
  | { readonly order: 'progress'; readonly lease: Lease; readonly progress: Progress }
  | { readonly order: 'log'; readonly lease: Lease; readonly text: string }
  | { readonly order: 'resize'; readonly concurrency: number }
  | { readonly order: 'drain' }
  | { readonly order: 'close' };

export type News =
  | { readonly news: 'granted'; readonly text: string }
  | { readonly news: 'stop'; readonly orders: readonly StopOrder[] }
  | { readonly news: 'lost'; readonly leases: readonly Lease[] }
  | { readonly news: 'drained' }
  | { readonly news: 'log'; readonly level: 'info' | 'warn'; readonly message: string }
  | { readonly news: 'ended'; readonly refusal: Refusal | undefined };

function serve(port: MessagePort, options: LinkOptions): void {
  const tell = (news: News) => port.postMessage(news);
  const link = new Link(options, {
    granted: (text) => tell({ news: 'granted', text }),
    stop: (orders) => tell({ news: 'stop', orders }),
    lost: (leases) => tell({ news: 'lost', leases }),
    drained: () => tell({ news: 'drained' }),
    log: (level, message) => tell({ news: 'log', level, message }),
    ended: (refusal) => {
      tell({ news: 'ended', refusal });
      port.close();
    },
  });
  port.on('message', (order: Order) => obey(link, order));
  link.start();
}

function obey(link: Link, order: Order): void {
  switch (order.order) {
    case 'finish':
      link.finish(order.lease, order.entry);
      return;
    case 'abandon':
      link.abandon(order.lease);
      return;
    case 'progress':
      link.progress(order.lease, order.progress);
      return;
    case 'log':
      link.log(order.lease, order.text);
      return;
    case 'resize':
      link.resize(order.concurrency);
      return;
    case 'drain':
      link.drain();
      return;
    case 'close':
      link.close();
      return;
  }
}

if (parentPort) serve(parentPort, workerData as LinkOptions);
