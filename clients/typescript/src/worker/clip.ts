/** Cut to so many UTF-16 units, which is how the server counts; never within a pair of surrogates. */
export function clip(text: string, units: number): string {
  const sound = text.toWellFormed();
  if (sound.length <= units) return sound;
  const cut = sound.charCodeAt(units - 1);
  return sound.slice(0, cut >= 0xd800 && cut <= 0xdbff ? units - 1 : units);
}
