/** The two connections of an agent link, whatever carries them. Messages arrive in order, or the channel closes. */
export interface Channel<In, Out> {
  /** Throws when the channel is closed. */
  send(message: Out): void;
  /** Ends when the channel closes. One consumer. */
  receive(): AsyncIterable<In>;
  close(): void;
}

/** What an agent uses to reach its server. */
export interface Dialer<ControlIn, ControlOut, DataIn, DataOut> {
  /** Throws when the server can't be reached. */
  dial(
    signal: AbortSignal,
  ): Promise<{ readonly control: Channel<ControlIn, ControlOut>; readonly data: Channel<DataIn, DataOut> }>;
}
