/** The workers of the stage: processes that are started again when they were killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hit } from '../processes.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

export interface CrewOptions {
  readonly port: number;
  readonly key: string;
  readonly handler: string;
  readonly evidence: string;
  readonly size: number;
}

interface Hand {
  readonly name: string;
  readonly tunnel: Tunnel;
  child: ChildProcess;
}

/** One line of what a handler wrote. */
export interface Trace {
  readonly uid: string;
  readonly attempt: number;
  readonly what: 'start' | 'end';
}

export class Crew {
  readonly #hands: Hand[] = [];
  readonly #options: CrewOptions;
  /** Ends that nobody asked for, in sentences. */
  readonly unasked: string[] = [];
  #over = false;

  private constructor(options: CrewOptions) {
    this.#options = options;
  }

  static async muster(options: CrewOptions): Promise<Crew> {
    mkdirSync(options.evidence, { recursive: true });
    const crew = new Crew(options);
    for (let index = 0; index < options.size; index += 1) {
      const tunnel = await openTunnel(options);
      const name = `hand-${index}`;
      crew.#hands.push({ name, tunnel, child: crew.#start(name, tunnel) });
    }
    return crew;
  }

  #start(name: string, { address }: Tunnel): ChildProcess {
    const { key, handler, evidence } = this.#options;
    const program = join(import.meta.dirname, 'worker-process.ts');
    const child = spawn(process.execPath, [program, join(evidence, name), handler, name], {
      env: { PATH: process.env.PATH ?? '', CAPSTAN_SERVER: address, CAPSTAN_KEY: key },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
    child.once('exit', (code, signal) => {
      if (this.#over || signal === 'SIGKILL') return;
      this.unasked.push(`${name} ended by itself with ${signal ?? code}: ${said.join('').slice(-1000)}`);
    });
    return child;
  }

  #at(index: number): Hand {
    return this.#hands[index % this.#hands.length]!;
  }

  /** Ends one without a word, and starts it again. */
  async kill(index: number): Promise<void> {
    const hand = this.#at(index);
    await ended(hand.child, 'SIGKILL');
    hand.child = this.#start(hand.name, hand.tunnel);
  }

  /** Longer than a lease: others get its tasks, and what it says when it wakes counts nothing. */
  async freeze(index: number, ms: number): Promise<void> {
    const { pid } = this.#at(index).child;
    if (pid === undefined || !hit(pid, 'SIGSTOP')) return;
    await delay(ms);
    hit(pid, 'SIGCONT');
  }

  /** Its connection is half open for so long: each side thinks that the other is there. */
  async cutOff(index: number, ms: number): Promise<void> {
    const { tunnel } = this.#at(index);
    tunnel.die();
    await delay(ms);
    tunnel.bury();
  }

  async dismiss(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#hands.map(({ child }) => ended(child, 'SIGTERM')));
    for (const { tunnel } of this.#hands) tunnel.close();
  }

  traces(): Trace[] {
    const { evidence } = this.#options;
    return readdirSync(evidence).flatMap((name) =>
      readFileSync(join(evidence, name), 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [uid, attempt, what] = line.split(' ');
          // A kill can cut the last line short.
          if (uid === undefined || (what !== 'start' && what !== 'end')) return [];
          return [{ uid, attempt: Number(attempt), what }];
        }),
    );
  }
}

const LONGEST_END_MS = 40_000;

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
  await gone;
  clearTimeout(late);
}
