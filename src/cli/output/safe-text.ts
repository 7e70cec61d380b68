/**
 * Text that others wrote (messages, log lines) must not steer the reader's terminal: no cursor
 * movement, no title, no hyperlink.
 */
import { stripVTControlCharacters } from 'node:util';

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`(${ESCAPE}\\[[0-9;:]*m)`);
const RESET = `${ESCAPE}[0m`;

/** On one line, without control characters. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, ' ');
}

/** A log line for a terminal: colours, tabs and carriage returns stay, colours end with the line. */
export function logText(text: string): string {
  const parts = text.split(COLOUR);
  if (parts.length === 1) return plain(text);
  return parts.map((part, index) => (index % 2 === 1 ? part : plain(part))).join('') + RESET;
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\t\r]/gu, '');
}
