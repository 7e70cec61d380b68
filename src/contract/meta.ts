/** What every named object of the API has in common, spelled as Kubernetes spells it. */
import { z } from 'zod';

export const API_VERSION = 'capstan.dev/v1alpha1';

/** A page of a list. `next` is passed as `cursor` to get the following page. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

export const Cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_.~-]+$/, 'a cursor as an earlier answer gave it');

/** Query parameters are text; a number in a body may be one already. */
export const Limit = z.coerce.number().int().min(1).max(1000).default(100).describe('Items a page');

/** `true`/`false` as query parameters spell them. */
export const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** `a,b` in a query, a list in code. */
export function commaList<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
    z.array(item),
  );
}

const SELECTOR = /^\s*(!?[A-Za-z0-9./_-]+)\s*(?:(==|=|!=)\s*([A-Za-z0-9._-]*))?\s*$/;

export interface LabelRequirement {
  readonly key: string;
  readonly op: 'equals' | 'differs' | 'exists' | 'absent';
  readonly value: string;
}

/** kubectl's equality-based selector: `team=ocr,tier!=dev,sweep,!old`. */
export const LabelSelector = z
  .string()
  .max(2000)
  .transform((text, context) => {
    const requirements: LabelRequirement[] = [];
    for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
      const requirement = parseRequirement(part);
      if (requirement) requirements.push(requirement);
      else
        context.addIssue({
          code: 'custom',
          message: 'a selector such as team=ocr,tier!=dev,sweep,!old',
          input: text,
        });
    }
    return requirements;
  });

function parseRequirement(part: string): LabelRequirement | undefined {
  const match = SELECTOR.exec(part);
  if (!match) return undefined;
  const [, key = '', operator, value = ''] = match;
  if (operator === undefined) {
    return key.startsWith('!')
      ? { key: key.slice(1), op: 'absent', value: '' }
      : { key, op: 'exists', value: '' };
  }
  return { key, op: operator === '!=' ? 'differs' : 'equals', value };
}
