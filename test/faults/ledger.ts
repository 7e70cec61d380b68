/** What was asked of the product, and what it acknowledged: the promises that a round is held to. */

/** How a job behaves when nobody disturbs it. */
export type Nature = 'succeeds' | 'fails-once' | 'fails';

export type Steer = 'cancel' | 'suspend' | 'resume' | 'redrive';

export interface Order {
  readonly name: string;
  /** Of its round. */
  readonly label: string;
  /** Idempotency key: the same on each try. */
  readonly key: string;
  readonly nature: Nature;
  readonly members: number;
  /** From the first acknowledgement. */
  uid?: string;
  /** More than one answer with different uids would be a double. */
  readonly uids: Set<string>;
  /** Acknowledged with success. */
  readonly acknowledged: Set<Steer>;
  /** Sent; whether it was done may not be known, because the answer was lost. */
  readonly asked: Map<Steer, number>;
}

export class Ledger {
  readonly orders: Order[] = [];
  /** Answers that the product must never give, in sentences. */
  readonly improper: string[] = [];
  readonly counts = { submissions: 0, tries: 0, lostAnswers: 0, refused: 0, steered: 0 };

  get acknowledged(): readonly (Order & { readonly uid: string })[] {
    return this.orders.filter((order): order is Order & { uid: string } => order.uid !== undefined);
  }

  get uids(): ReadonlySet<string> {
    return new Set(this.acknowledged.map(({ uid }) => uid));
  }

  noteAsked(order: Order, steer: Steer): void {
    order.asked.set(steer, (order.asked.get(steer) ?? 0) + 1);
  }
}
