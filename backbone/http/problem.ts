import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import {
  ActionableError,
  CallerMistake,
  NeedsPerson,
  PartnerMistake,
  RetryLater,
} from '../errors.ts'
import type { Log } from '../telemetry/log.ts'
import type { AppEnv } from './app-env.ts'

/** What went wrong, in the one shape of RFC 9457 that every error of this API has. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem; stable.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'One sentence with the facts.' }),
    requestId: z.string().meta({ description: 'Quote it when you ask us about this answer.' }),
    details: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong field by field.' }),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .meta({ description: 'The facts of the sentence as fields.' }),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

type Fault = Pick<Problem, 'detail'> & {
  readonly status: ContentfulStatusCode
  readonly problem: string
  readonly mistake?: CallerMistake
  readonly retryAfterSeconds?: number
}

// What Hono itself refuses, in our words: its own may quote the request.
const refusals: ReadonlyMap<number, readonly [problem: string, detail: string]> = new Map([
  [400, ['malformed-request', 'The body is not well-formed JSON.']],
  [413, ['too-large', 'The body is larger than this route takes.']],
  [415, ['unsupported-media-type', 'The body must come as application/json.']],
])

function waitOf({ facts }: ActionableError): Pick<Fault, 'retryAfterSeconds'> {
  const { retryAfterSeconds } = facts
  return typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}
}

function faultOf(error: unknown): Fault | undefined {
  if (error instanceof CallerMistake)
    return {
      status: error.status,
      problem: error.problem,
      detail: error.message,
      mistake: error,
      ...waitOf(error),
    }
  if (error instanceof RetryLater)
    return { status: 503, problem: 'try-again-later', detail: error.message, ...waitOf(error) }
  if (error instanceof PartnerMistake)
    return { status: 422, problem: 'not-acceptable-as-sent', detail: error.message }
  if (error instanceof NeedsPerson)
    return { status: 409, problem: 'needs-a-person', detail: error.message }
  if (error instanceof HTTPException) {
    const refusal = refusals.get(error.status)
    if (refusal !== undefined)
      return { status: error.status, problem: refusal[0], detail: refusal[1] }
  }
  return undefined
}

const titleOf = (problem: string): string =>
  `${problem.charAt(0).toUpperCase()}${problem.slice(1).replaceAll('-', ' ')}`

function headersOf({ status, retryAfterSeconds }: Fault): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="quittance"'
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
  else if (status === 503) headers['retry-after'] = '5'
  return headers
}

function factsOf(mistake: CallerMistake | undefined): Partial<Pick<Problem, 'facts'>> {
  const facts = Object.entries(mistake?.facts ?? {}).flatMap(([name, fact]) =>
    fact === undefined ? [] : [[name, fact] as const],
  )
  return facts.length === 0 ? {} : { facts: Object.fromEntries(facts) }
}

/** Answers with a problem; what we did not foresee is logged, and the caller gets an id and a sentence of ours. */
export function answerProblem(c: Context<AppEnv>, error: unknown, log: Log): Response {
  const requestId = c.get('requestId')
  const fault = faultOf(error) ?? {
    status: 500,
    problem: 'our-mistake',
    detail: 'Something went wrong on our side; it is on record under this request id.',
  }
  if (fault.status === 500)
    log.error(
      { requestId, method: c.req.method, path: c.req.path, err: error },
      'A request failed in a way nobody foresaw.',
    )
  else if (error instanceof ActionableError && !(error instanceof CallerMistake))
    log.warn({ requestId, path: c.req.path, err: error }, 'A request could not be served now.')
  const details = fault.mistake?.details ?? []
  const body: Problem = {
    type: `urn:quittance:problem:${fault.problem}`,
    title: titleOf(fault.problem),
    status: fault.status,
    detail: fault.detail,
    requestId,
    ...(details.length === 0 ? {} : { details: [...details] }),
    ...factsOf(fault.mistake),
  }
  return c.body(JSON.stringify(body), fault.status, headersOf(fault))
}

/** Says that the tenant has no such thing; another tenant's looks exactly the same. */
export function notThere(what: string): CallerMistake {
  return new CallerMistake(404, 'not-found', `There is no such ${what}.`)
}
