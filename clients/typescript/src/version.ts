/** How this client names itself to the server. */
export const VERSION = '0.1.0';
export const CLIENT = `capstan-typescript/${VERSION}`;
