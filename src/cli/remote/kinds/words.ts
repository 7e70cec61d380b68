/** The words for kinds of objects, for completion. */
import { KINDS } from './kinds.ts';

export const OBJECT_WORDS: readonly string[] = KINDS.map(({ plural }) => plural);
