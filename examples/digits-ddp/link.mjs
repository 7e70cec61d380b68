/**
 * Whole messages over one TCP connection to one other member, and the certainty of hearing when
 * that member is gone: a message, an orderly farewell, a notice that somebody else was lost, or
 * the connection's end.
 *
 * A frame is its kind (1 byte), its length (4 bytes, little-endian) and its bytes.
 */

const HEADER_BYTES = 5;
const LARGEST_FRAME = 64 * 2 ** 20;
/** A connection on which nothing is heard for this long is dead: its machine may be gone without a word. */
const SILENCE_MS = 60_000;

const DATA = 1;
const LOST = 2;
const BYE = 3;

/** A member is gone, and the gang can't go on without it. */
export class PeerLost extends Error {
  name = 'PeerLost';

  /**
   * @param {number} rank
   * @param {string} detail how it was noticed
   */
  constructor(rank, detail) {
    super(`lost rank ${rank}: ${detail}`);
    this.rank = rank;
    this.detail = detail;
  }
}

export class Link {
  #socket;
  #unread = Buffer.alloc(0);
  /** @type {Buffer[]} */
  #messages = [];
  /** @type {{ resolve: (message: Buffer) => void, reject: (error: Error) => void } | undefined} */
  #waiting;
  /** @type {Error | undefined} */
  #failure;
  #farewell = false;
  #largest;
  #onFailure = (_error) => {};

  /**
   * @param {import('node:net').Socket} socket connected
   * @param {object} options
   * @param {number} options.peer rank at the other end; -1 while unknown
   * @param {number} [options.largest] bytes; a longer message is not believed
   */
  constructor(socket, { peer, largest = LARGEST_FRAME }) {
    this.#socket = socket;
    this.peer = peer;
    this.#largest = largest;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(undefined)));
    this.#listen();
  }

  get localAddress() {
    return this.#socket.localAddress ?? '';
  }

  /**
   * Who is told, once, when the link fails although nobody said farewell: at once if it has failed already.
   * @param {(error: Error) => void} onFailure
   */
  watch(onFailure) {
    this.#onFailure = onFailure;
    if (this.#failure && !this.#farewell) onFailure(this.#failure);
  }

  /** @param {Uint8Array} bytes copied before this returns */
  send(bytes) {
    this.#write(DATA, bytes);
  }

  /**
   * The next message, in order.
   * @returns {Promise<Buffer>}
   * @throws {PeerLost} when none can come any more
   */
  receive() {
    const message = this.#messages.shift();
    if (message) return Promise.resolve(message);
    if (this.#failure) return this.#refuse(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Sends a message that people could read. */
  say(message) {
    this.send(Buffer.from(JSON.stringify(message)));
  }

  /** @throws {PeerLost | SyntaxError} */
  async hear() {
    return JSON.parse((await this.receive()).toString('utf8'));
  }

  /** Says farewell: the end of this connection is no loss. */
  close() {
    this.#farewell = true;
    this.#write(BYE, new Uint8Array(0));
    this.#socket.end();
  }

  /** Tells the other end which member was lost, then ends the connection. Whoever waits here gets the error. */
  passOn(lost) {
    this.#write(LOST, Buffer.from(JSON.stringify({ rank: lost.rank, detail: lost.detail })));
    this.#socket.end();
    this.#fail(lost);
  }

  destroy() {
    this.#farewell = true;
    this.#socket.destroy();
  }

  #listen() {
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, 5_000);
    this.#socket.setTimeout(SILENCE_MS, () => this.#drop(`silent for ${SILENCE_MS / 1000} s`));
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail(this.#gone(codeOf(error))));
    this.#socket.on('close', () => this.#fail(this.#gone('its connection closed')));
  }

  #gone(detail) {
    return new PeerLost(this.peer, detail);
  }

  #drop(detail) {
    this.#fail(this.#gone(detail));
    this.#socket.destroy();
  }

  #write(kind, bytes) {
    if (!this.#socket.writable) return; // its end is, or will be, reported as a failure
    const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.byteLength);
    frame.writeUInt8(kind, 0);
    frame.writeUInt32LE(bytes.byteLength, 1);
    frame.set(bytes, HEADER_BYTES);
    this.#socket.write(frame);
  }

  #read(chunk) {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= HEADER_BYTES) {
      const length = this.#unread.readUInt32LE(1);
      if (length > this.#largest) return this.#drop(`it sent a frame of ${length} bytes`);
      if (this.#unread.length < HEADER_BYTES + length) return;
      const kind = this.#unread.readUInt8(0);
      const bytes = this.#unread.subarray(HEADER_BYTES, HEADER_BYTES + length);
      this.#unread = this.#unread.subarray(HEADER_BYTES + length);
      this.#take(kind, bytes);
    }
  }

  #take(kind, bytes) {
    if (kind === DATA) return this.#deliver(bytes);
    if (kind === BYE) this.#farewell = true;
    else if (kind === LOST) this.#fail(lostNotice(bytes, this.peer));
    else this.#drop(`it sent a frame of unknown kind ${kind}`);
  }

  #deliver(message) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(message);
    else this.#messages.push(message);
  }

  /** An orderly end is a loss too to whoever still waits for something. */
  #fail(error) {
    if (this.#failure) return;
    this.#failure = error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
    if (waiting || !this.#farewell) this.#onFailure(error);
  }

  #refuse(error) {
    if (this.#farewell) this.#onFailure(error);
    return Promise.reject(error);
  }
}

function lostNotice(bytes, peer) {
  try {
    const { rank, detail } = JSON.parse(bytes.toString('utf8'));
    return new PeerLost(rank, `${detail}, as rank ${peer} says`);
  } catch {
    return new PeerLost(peer, 'it sent a notice that can not be read');
  }
}

function codeOf(error) {
  return error.code ?? error.message;
}
