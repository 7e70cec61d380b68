/** Flags that `up` and `server` share. */
import { InvalidArgumentError, Option } from 'commander';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export const DEFAULT_PORT = 7700;

export function portOption(): Option {
  return new Option('--port <number>', 'port to listen on; 0: any that is free').argParser(port);
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'how much the server logs').choices([
    'debug',
    'info',
    'warn',
    'error',
  ]);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}
