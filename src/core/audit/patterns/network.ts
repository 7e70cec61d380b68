/**
 * The network that an address is of: a person's address changes within it from day to day, so a new one
 * there is no new place. IPv4 by its first three bytes, IPv6 by its first 48 bits (a site, RFC 6177).
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const bytes = mapped.split('.');
  if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.0/24`;
  return mapped.includes(':') ? `${groupsOf(mapped).slice(0, 3).join(':')}::/48` : mapped;
}

/** All eight, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const parts = (text: string | undefined) => (text ? text.split(':') : []);
  const [before, after] = [parts(head), parts(tail)];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array<string>(missing).fill('0'), ...after];
  return all.map((group) => group.replace(/^0+(?=.)/, ''));
}
