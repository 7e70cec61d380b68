/** Says how far something is, no more often than people read. */
export function every(ms: number, now: () => number, say: (line: string) => void): (line: string) => void {
  let last = now();
  return (line) => {
    if (now() - last < ms) return;
    last = now();
    say(`${line} …`);
  };
}
