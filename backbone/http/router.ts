import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { CallerMistake } from '../errors.ts'
import type { AppEnv } from './app-env.ts'
import type { Cursors } from './cursor.ts'
import { Problem } from './problem.ts'

type Fault = { readonly path: string; readonly message: string }

// The schema library's words for what callers do most often are about its own values.
function inPlainWords(message: string): string {
  if (message.endsWith('received undefined')) return 'It is missing.'
  if (message.endsWith('received NaN')) return 'It is not a number.'
  return message
}

// A lone half of a surrogate pair, and NUL: PostgreSQL keeps neither in text.
const unkeepable = /\p{Surrogate}|\0/u

function unkeepableIn(value: unknown, path = ''): Fault[] {
  if (typeof value === 'string')
    return unkeepable.test(value)
      ? [{ path, message: 'It has a character that is none: NUL, or half of a pair.' }]
      : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const inside = path === '' ? name : `${path}.${name}`
    return [...unkeepableIn(name, inside), ...unkeepableIn(inner, inside)]
  })
}

/** A router whose input is checked before a handler sees it: a bad body is 422, a bad query or id 400. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      const faults = result.success
        ? unkeepableIn(result.data)
        : result.error.issues.map((issue) => ({
            path: issue.path.map(String).join('.'),
            message: inPlainWords(issue.message),
          }))
      if (faults.length === 0) return
      const isBody = result.target === 'json'
      throw new CallerMistake(
        isBody ? 422 : 400,
        isBody ? 'invalid-body' : 'invalid-request',
        isBody
          ? 'The body is not what this route takes; see details.'
          : 'The address of this request has a part we cannot read; see details.',
        {},
        faults,
      )
    },
  })
}

const problemContent = { 'application/problem+json': { schema: Problem } }

const sentences = {
  400: 'The request cannot be read.',
  401: 'No valid API key, and nobody is signed in.',
  403: 'Whoever asks may not do this.',
  404: 'There is no such thing in this tenant.',
  409: 'It cannot be done as things stand.',
  412: 'It was changed in the meantime.',
  413: 'The body is too large.',
  415: 'The body is of the wrong kind.',
  422: 'The body is not what this route takes.',
  429: 'Too many requests; Retry-After says when to come back.',
  503: 'Not now; Retry-After says when to come back.',
} as const

type ProblemStatus = keyof typeof sentences

type ProblemAnswer = { description: string; content: typeof problemContent }

/** Declares which problems a route may answer with. */
export function problems<Status extends ProblemStatus>(
  ...statuses: readonly Status[]
): Record<Status, ProblemAnswer>
export function problems(...statuses: readonly ProblemStatus[]): Record<number, ProblemAnswer> {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: sentences[status], content: problemContent }]),
  )
}

/** Declares a JSON answer. */
export function json<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } }
}

/** Declares a JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
): { required: true; content: { 'application/json': { schema: Schema } } } {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The id in a route's address. */
export const IdParam = z.object({
  id: z.string().min(1).max(120).meta({ example: 'ord_01kyexample' }),
})

/** How a list is paged: at most `limit` per page, the next one after `cursor`. */
export const Paging = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
})

/** Why a person does something; it goes on the record. */
export const Reason = z.object({ reason: z.string().trim().min(1).max(500) })

/** Yes or no in an address. */
export const YesNo = z.enum(['true', 'false']).transform((text) => text === 'true')

/** A page of a list; `nextCursor` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Reads which page a caller wants and gives the page with the cursor of the next one. */
export async function answerPage<Item>(
  cursors: Cursors,
  owner: { readonly tenantId: string; readonly route: string },
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  read: (page: PageQuery) => Promise<Page<Item>>,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : cursors.open(owner, cursor)
  const { items, next } = await read({ limit, after })
  return { items: [...items], nextCursor: next === null ? null : cursors.seal(owner, next) }
}
