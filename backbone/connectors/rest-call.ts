import { z } from 'zod'
import { callTimeoutMs } from '../canonical/call-timeout.ts'
import { RetryLater } from '../errors.ts'
import { failureIn } from './answer-class.ts'
import type { CallOutcome, LookUp, OpenConnection, OutboundCall } from './connector.ts'
import { type ArrivedAnswer, callHttp, type HttpAnswer, parsedJson } from './http-call.ts'

/** An address of an outside system: http or https, without a password in it. */
export const SystemUrl = z.url({ protocol: /^https?$/ }).refine((url) => {
  const { username, password } = new URL(url)
  return username === '' && password === ''
}, 'must not hold a user name or password; give the secret as a secret')
export type SystemUrl = z.infer<typeof SystemUrl>

/** What every connector is built with: its time-out and the clock that reads Retry-After dates. */
export type ConnectorOptions = { readonly timeoutMs?: number; readonly now?: () => Date }

/** How a connector reaches one system: its connection, limits, and how the secret is shown. */
export type Line = {
  readonly connection: OpenConnection
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly now: () => Date
  /** How the secret is shown: as a bearer token, in a header of this name, or not at all. */
  readonly secretAs: 'bearer' | 'nothing' | { readonly header: string }
}

/** The secret's way on a connection whose API key may go in a header of its own. */
export function keyHeader(apiKeyHeader: string | undefined): Line['secretAs'] {
  return apiKeyHeader === undefined ? 'bearer' : { header: apiKeyHeader }
}

type Request = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One write to a system that keeps what it is given under a natural key. */
export type KeyedWrite = {
  readonly line: Line
  readonly call: OutboundCall
  readonly request: Omit<Request, 'method'> & { readonly method: 'POST' | 'PUT' }
  /** Reads a success: the id the system gave, or undefined when the answer proves nothing. */
  readonly readDone: (answer: ArrivedAnswer) => { readonly externalId?: string } | undefined
  /** Absent where nothing can be asked and the receiver drops repeats by the key. */
  readonly lookUp?: () => Promise<LookUp>
  readonly notFoundMeans: 'DEPENDENCY' | 'SCHEMA'
}

/** Writes once and says what became of it; a duplicate is settled by looking at what is there. */
export async function writeKeyed(write: KeyedWrite): Promise<CallOutcome> {
  const { call, line, request, lookUp } = write
  const trace = call.traceparent === undefined ? {} : { traceparent: call.traceparent }
  const headers = {
    'content-type': 'application/json',
    ...request.headers,
    ...trace,
    'idempotency-key': call.idempotencyKey,
  }
  const answer = await reach(line, { ...request, headers })
  const outcome = answer.arrived ? readOutcome(write, answer) : brokenCall(answer, line)
  if (outcome.outcome === 'refused' && outcome.errorClass === 'DUPLICATE' && lookUp !== undefined)
    return settleDuplicate(outcome, lookUp)
  return outcome
}

function readOutcome(write: KeyedWrite, answer: ArrivedAnswer): CallOutcome {
  const { line, notFoundMeans } = write
  const failure = failureIn(answer, { notFoundMeans, now: line.now() })
  if (failure !== undefined) return failure
  const done = write.readDone(answer)
  if (done !== undefined) return { outcome: 'done', ...done, response: answer.text.slice(0, 2000) }
  const message = `${hostOf(write.request.url)} answered HTTP ${answer.status} without saying what it did.`
  return { outcome: 'unknown', code: 'UNREADABLE_ANSWER', message }
}

const limitOf = ({ connection, timeoutMs }: Line) => callTimeoutMs(connection.settings, timeoutMs)

function brokenCall(
  answer: Extract<HttpAnswer, { arrived: false }>,
  line: Line,
): Extract<CallOutcome, { outcome: 'failed' | 'unknown' }> {
  const { code } = answer
  if (answer.mayHaveArrived) {
    const message =
      code === 'TIMEOUT'
        ? `No answer within ${limitOf(line)} ms; it may have happened.`
        : `The call broke off (${code}) after it was sent; it may have happened.`
    return { outcome: 'unknown', code, message }
  }
  const message = `The system could not be reached (${code}).`
  return { outcome: 'failed', errorClass: 'TRANSPORT', code, message }
}

async function settleDuplicate(
  refusal: Extract<CallOutcome, { outcome: 'refused' }>,
  lookUp: () => Promise<LookUp>,
): Promise<CallOutcome> {
  const found = await lookUp().catch((error: unknown) => {
    if (error instanceof RetryLater) return undefined
    throw error
  })
  if (found === undefined)
    return {
      outcome: 'unknown',
      code: refusal.code,
      message: 'A duplicate, and it could not be looked up.',
    }
  if (!found.found || !found.isSame) return refusal
  return found.externalId === undefined
    ? { outcome: 'done' }
    : { outcome: 'done', externalId: found.externalId }
}

/** Reads one thing by its number: its fields, or undefined when the system says it has none. */
export async function readKeyed(line: Line, url: string): Promise<ArrivedAnswer | undefined> {
  const answer = await reach(line, { method: 'GET', url })
  if (!answer.arrived)
    throw new RetryLater(`${hostOf(url)} could not be asked (${answer.code}).`, {
      code: answer.code,
    })
  // A 404 counts only when the system itself wrote it: a gateway's page proves nothing.
  if (answer.status === 404 && answer.json !== undefined) return undefined
  const failure = failureIn(answer, { notFoundMeans: 'SCHEMA', now: line.now() })
  if (failure !== undefined || answer.status !== 200)
    throw new RetryLater(`${hostOf(url)} did not answer a look-up (HTTP ${answer.status}).`, {
      status: answer.status,
    })
  return answer
}

/** Asks for something harmless and says whether the system is there and lets us in. */
export async function testReach(
  line: Line,
  url: string,
): Promise<{ readonly isReachable: boolean; readonly detail: string }> {
  const answer = await reach(line, { method: 'GET', url })
  if (!answer.arrived)
    return { isReachable: false, detail: `${hostOf(url)} could not be reached (${answer.code}).` }
  const { status } = answer
  if (status === 401 || status === 403)
    return { isReachable: false, detail: `${hostOf(url)} refused our credential (HTTP ${status}).` }
  // A 404 or 405 to a harmless question is an answer all the same; a redirect is another address.
  if (status >= 500 || (status >= 300 && status < 400))
    return { isReachable: false, detail: `${hostOf(url)} answered HTTP ${status}.` }
  return { isReachable: true, detail: `${hostOf(url)} answered HTTP ${status}.` }
}

// While a secret is being rotated two are valid: the second is tried once before anybody is called.
async function reach(line: Line, request: Request): Promise<HttpAnswer> {
  const [current, previous] = line.connection.secrets
  const answer = await reachWith(line, request, current)
  const isLockedOut = answer.arrived && answer.status === 401
  return isLockedOut && previous !== undefined ? reachWith(line, request, previous) : answer
}

async function reachWith(
  line: Line,
  { method, url, headers, body }: Request,
  secret: string | undefined,
): Promise<HttpAnswer> {
  const { connection, secretAs, signal } = line
  const credential = secret === undefined ? {} : credentialHeader(secretAs, secret)
  const call = {
    method,
    url: new URL(url),
    signal,
    timeoutMs: limitOf(line),
    headers: { ...headers, ...credential },
  }
  const answer = await callHttp(body === undefined ? call : { ...call, body })
  return answer.arrived ? withoutSecrets(answer, connection.secrets) : answer
}

function credentialHeader(
  secretAs: Line['secretAs'],
  secret: string,
): Readonly<Record<string, string>> {
  if (secretAs === 'nothing') return {}
  return secretAs === 'bearer'
    ? { authorization: `Bearer ${secret}` }
    : { [secretAs.header]: secret }
}

// A system may echo our credential in an error; it must not reach a log or a screen.
function withoutSecrets(answer: ArrivedAnswer, secrets: readonly string[]): ArrivedAnswer {
  const told = secrets.filter((secret) => secret !== '' && answer.text.includes(secret))
  if (told.length === 0) return answer
  const text = told.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), answer.text)
  return { ...answer, text, json: parsedJson(text) }
}

function hostOf(url: string): string {
  return new URL(url).host
}
