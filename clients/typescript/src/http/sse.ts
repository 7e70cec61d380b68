/** Server-sent events, as our server writes them: fed with the pieces of a stream as they come, cut anywhere. */

export interface StreamMessage {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

export class StreamParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  feed(piece: Uint8Array): StreamMessage[] {
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line.endsWith('\r') ? line.slice(0, -1) : line) ?? []);
  }

  #line(line: string): StreamMessage | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    if (name === 'data') this.#data.push(value);
    if (name === 'id') this.#id = value;
    return undefined;
  }

  #dispatch(): StreamMessage | undefined {
    const [event, data] = [this.#event || 'message', this.#data];
    this.#event = '';
    this.#data = [];
    return data.length === 0 ? undefined : { event, data: data.join('\n'), id: this.#id };
  }
}
