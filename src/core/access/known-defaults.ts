/**
 * Secrets that everybody knows: what products ship with, what guides show, what is typed first. A
 * configured secret that is one of them, or made up of them, is refused (S14).
 */
const KNOWN = [
  'administrator',
  'minioadmin',
  'changeme',
  'change-me',
  'change_me',
  'changeit',
  'replaceme',
  'replace-me',
  'placeholder',
  'yoursecretkey',
  'your-secret',
  'supersecret',
  'passw0rd',
  'password',
  'postgres',
  'postgresql',
  'capstan',
  'default',
  'example',
  'letmein',
  'welcome',
  'qwertyuiop',
  'qwerty',
  'secret',
  'admin',
  'minio',
  'redis',
  'rabbitmq',
  'guest',
  'jwt',
  'root',
  'test',
  'demo',
  'user',
  'pass',
  'key',
].toSorted((a, b) => b.length - a.length);

/** What is left when the known words are gone must still be worth guessing, characters. */
const LEFT_OVER = 6;
/** One character over and over is no secret, however long. */
const DISTINCT = 5;

export function isKnownDefault(secret: string): boolean {
  if (secret === '') return false;
  const rest = KNOWN.reduce((text, word) => text.replaceAll(word, ''), secret.toLowerCase());
  const letters = rest.replace(/[^a-z]/g, '').length;
  const digits = rest.replace(/[^0-9]/g, '');
  const counting = '01234567890123456789'.includes(digits);
  const left = letters + (counting ? 0 : digits.length);
  return left < LEFT_OVER || new Set(secret).size < Math.min(DISTINCT, secret.length);
}
