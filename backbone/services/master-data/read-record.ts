import type { z } from 'zod'
import type { MasterFinding } from './master-kind.ts'

/** A record that fits its schema, or what is wrong with it. */
export type RecordReading<Document> =
  | { readonly outcome: 'read'; readonly document: Document }
  | { readonly outcome: 'refused'; readonly findings: readonly MasterFinding[] }

// JSON knows NUL and half surrogate pairs; PostgreSQL's text does not.
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Checks one master record against its schema. */
export function readRecord<Document>(
  schema: z.ZodType<Document>,
  value: unknown,
): RecordReading<Document> {
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    return {
      outcome: 'refused',
      findings: parsed.error.issues.map((issue) => ({
        field: issue.path.join('.'),
        message: issue.message,
      })),
    }
  if (unkeepable.test(JSON.stringify(parsed.data)))
    return {
      outcome: 'refused',
      findings: [
        { field: '', message: 'It has a character that cannot be kept (NUL or half a pair).' },
      ],
    }
  return { outcome: 'read', document: parsed.data }
}
