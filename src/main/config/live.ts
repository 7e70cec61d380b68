/** The configuration of a running server: read again when asked, taken over where that is safe. */
import type { Logger } from 'pino';
import { InvalidInput } from '../../cli/errors.ts';
import { type ConfigInput, readConfig, settingsOf } from './load.ts';
import type { Resolved, ResolvedSetting } from './resolve.ts';
import type { Settings } from './schema.ts';

/** Takes over what may change in a running server. */
export type Apply = (settings: Settings) => Promise<void> | void;

export class LiveConfig {
  readonly #input: ConfigInput;
  /** What the server was started with, but for what was taken over since. */
  #running: Resolved;

  private constructor(input: ConfigInput, running: Resolved) {
    this.#input = input;
    this.#running = running;
  }

  /** @throws InvalidInput with every problem of every source */
  static async load(input: ConfigInput): Promise<LiveConfig> {
    const running = await readConfig(input);
    settingsOf(running);
    return new LiveConfig(input, running);
  }

  get settings(): Settings {
    return settingsOf(this.#running);
  }

  /** A configuration that is not valid changes nothing, and is told in the log. */
  async reload(apply: Apply, log: Logger): Promise<void> {
    try {
      const found = await readConfig(this.#input);
      const settings = settingsOf(found);
      const { applied, waiting } = compared(this.#running, found);
      await apply(settings);
      this.#running = { ...found, values: found.values.map((value) => inForce(value, this.#running)) };
      if (waiting.length > 0) log.warn({ settings: waiting }, 'these settings changed and need a restart');
      log.info({ settings: applied }, 'the configuration was read again');
    } catch (error) {
      const problems = error instanceof InvalidInput ? { problems: error.problems } : {};
      log.error({ err: error, ...problems }, 'the configuration was not taken over: the old one stays');
    }
  }

  /** Reads the configuration again at each SIGHUP, until the returned function is called. */
  onHangup(apply: Apply, log: Logger): () => void {
    const listener = () => void this.reload(apply, log);
    process.on('SIGHUP', listener);
    return () => void process.off('SIGHUP', listener);
  }
}

/** What changed needs a restart stays as it was, so that it is told again until that is done. */
function inForce(found: ResolvedSetting, running: Resolved): ResolvedSetting {
  return found.leaf.reload ? found : (of(running, found.leaf.name) ?? found);
}

function compared(running: Resolved, found: Resolved): { applied: string[]; waiting: string[] } {
  const changed = found.values.filter(({ leaf, written }) => {
    const before = of(running, leaf.name)?.written;
    return String(written) !== String(before);
  });
  const names = (reload: boolean) =>
    changed.filter(({ leaf }) => (leaf.reload === true) === reload).map(({ leaf }) => leaf.name);
  return { applied: names(true), waiting: names(false) };
}

function of(resolved: Resolved, name: string): ResolvedSetting | undefined {
  return resolved.values.find(({ leaf }) => leaf.name === name);
}
