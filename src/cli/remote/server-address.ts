/** Checks what a client is pointed at before anything, above all a key, goes there. */
import { UsageError } from '../errors.ts';

/** The address without a trailing slash. Throws UsageError, which does not repeat credentials. */
export function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new UsageError(
      'the server address carries credentials',
      'Give the key by CAPSTAN_KEY or --key-file.',
    );
  }
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(
      `${JSON.stringify(text)} is no server address`,
      'Write it like https://capstan.example.',
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/** Printable ASCII: anything else would be refused by the HTTP library with the key in its message. */
export function checkedKey(text: string, source: string): string {
  const key = text.trim();
  if (key === '') throw new UsageError(`${source} is empty`);
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError(
      `${source} holds something that is no key`,
      'A key is one line of printable characters.',
    );
  }
  return key;
}
