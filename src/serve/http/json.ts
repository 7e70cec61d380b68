/**
 * JSON bodies, read strictly: valid UTF-8, no key twice, no `__proto__`, bounded depth. Two
 * parsers that disagree on a body would let one check what the other does not run.
 */
import { Refused } from '../../core/errors/refused.ts';

/** Far deeper than any schema here; far below what overflows a stack. */
const DEEPEST = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws Refused `input.not_json`, which says where. An empty body is an empty object. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (text.trim() === '') return {};
  checkStructure(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(syntaxFault(error));
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notJson('it is not valid UTF-8');
  }
}

function notJson(why: string): Refused {
  return new Refused('input.not_json', { why });
}

/** The place, and never the text around it: that might be a secret. */
function syntaxFault(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const place = /\(line (\d+) column (\d+)\)/.exec(message);
  if (place) return `a syntax error at line ${place[1]}, column ${place[2]}`;
  return /end of JSON/.test(message) ? 'it ends too early' : 'a syntax error';
}

/** One open object or list. A list has no keys; `key` is the last one read of an object. */
interface Level {
  readonly keys?: Set<string>;
  expectsKey: boolean;
}

/** Walks the brackets and keys of a text that need not be valid: what is not, JSON.parse finds. */
function checkStructure(text: string): void {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        levels.push({ keys: new Set(), expectsKey: true });
        break;
      case '[':
        levels.push({ expectsKey: false });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',': {
        const level = levels.at(-1);
        if (level?.keys) level.expectsKey = true;
        break;
      }
      case '"': {
        const end = endOfString(text, at);
        checkKey(levels.at(-1), text, { at, end });
        at = end;
        break;
      }
    }
    if (levels.length > DEEPEST) throw notJson(`deeper than ${DEEPEST} levels${placeOf(text, at)}`);
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') return at;
  }
  return text.length;
}

function checkKey(level: Level | undefined, text: string, { at, end }: { at: number; end: number }): void {
  if (!level?.expectsKey || !level.keys) return;
  level.expectsKey = false;
  const key = unescaped(text.slice(at, end + 1));
  if (key === '__proto__') throw notJson(`the key __proto__ is not taken${placeOf(text, at)}`);
  if (level.keys.has(key)) throw notJson(`a key is there twice${placeOf(text, at)}`);
  level.keys.add(key);
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `, at line ${line}, column ${at - before.lastIndexOf('\n')}`;
}
