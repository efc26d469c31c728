import { z } from 'zod'

/** One of a list of words; the description lists them, since many hosts drop the enum. */
export function oneOf<const Words extends readonly string[]>(words: Words, about: string) {
  return z.enum(words).describe(`${about} One of: ${words.join(', ')}.`)
}

/** Which fields of the answer are wanted. */
export function fieldsOf<const Names extends readonly string[]>(names: Names) {
  return z
    .array(z.enum(names))
    .max(names.length)
    .optional()
    .describe(`Only these fields, beside the ids. Any of: ${names.join(', ')}.`)
}

/** How a list is paged. */
export function paging(usual: number, most = 100) {
  return {
    limit: z.int().min(1).max(most).default(usual).describe(`Most items of a page, up to ${most}.`),
    cursor: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe('The next_cursor of the page before; with the same other arguments.'),
  }
}

/** Yes or no. */
export const yesNo = (about: string) => z.boolean().optional().describe(about)

/** A number or id that people write. */
export const referenceArgument = (about: string, most = 120) =>
  z.string().trim().min(1).max(most).describe(about)

/** A calendar day. */
export const dayArgument = (about: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'It is a day such as 2026-11-22.')
    .refine((day) => !Number.isNaN(Date.parse(day)), 'It is a day such as 2026-11-22.')
    .describe(`${about} A day, YYYY-MM-DD.`)

/** A moment with its offset. */
export const momentArgument = (about: string) =>
  z.iso
    .datetime({ offset: true, error: 'It is a moment such as 2026-11-22T06:00:00Z.' })
    .describe(`${about} A moment such as 2026-11-22T06:00:00Z.`)
