import type { z } from 'zod'
import type { Api } from '../../backbone/http/api.ts'
import { signInAgain } from './sign-in-again.ts'

type Method = Api['method']
type PathOf<M extends Method> = Extract<Api, { method: M }>['path']
type RouteOf<M extends Method, P extends string> = Extract<Api, { method: M; path: P }>

type Answered<R, Status extends number> = R extends {
  responses: {
    [S in Status]: { content: { 'application/json': { schema: infer S extends z.ZodType } } }
  }
}
  ? z.output<S>
  : never

/** What a route answers when it did what it was asked. */
export type Answer<M extends Method, P extends string> =
  | Answered<RouteOf<M, P>, 200>
  | Answered<RouteOf<M, P>, 201>

type Part<R, Name extends string> = R extends {
  request: { [N in Name]: infer S extends z.ZodType }
}
  ? { [N in Name]: z.input<S> }
  : unknown

type Body<R> = R extends {
  request: { body: { content: { 'application/json': { schema: infer S extends z.ZodType } } } }
}
  ? { body: z.input<S> }
  : unknown

/** What a route takes: the parts of its path, its query and its body. */
export type Input<M extends Method, P extends string> = InputOf<RouteOf<M, P>>

// Route by route: the parts of all routes are never combined with each other.
type InputOf<R> = R extends unknown ? Part<R, 'params'> & Part<R, 'query'> & Body<R> : never

type Sent = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

type Fault = { readonly path: string; readonly message: string }

/** What the server says of a request it did not do (RFC 9457), in words a person reads. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly faults: readonly Fault[]
  /** How long the server asks to be left alone, where it does. */
  readonly waitSeconds: number

  constructor(
    status: number,
    code: string,
    message: string,
    { faults = [], waitSeconds = 0 }: { faults?: readonly Fault[]; waitSeconds?: number } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.faults = faults
    this.waitSeconds = waitSeconds
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const waitSeconds = Number(response.headers.get('retry-after') ?? 0) || 0
  try {
    const { type, detail, title, details } = await response.json()
    return new ApiProblem(response.status, String(type), detail ?? title, {
      ...{ faults: details ?? [], waitSeconds },
    })
  } catch {
    const words = `The server answered ${response.status} and said nothing that can be shown.`
    return new ApiProblem(response.status, 'unreadable', words, { waitSeconds })
  }
}

function addressOf(path: string, { params = {}, query = {} }: Sent): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const asked = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString()
  return asked === '' ? filled : `${filled}?${asked}`
}

const awayForReading = 'The server does not answer; it is asked again in a moment.'
// It may have been done all the same, and is not asked for again by itself.
const awayForChanging =
  'The server does not answer. Look whether it was done before you ask for it again.'

// Every change names it; only a page of ours can have read it from the session.
let csrfToken = ''

/** Keeps the token that the session's answer told, for every change from now on. */
export function useCsrfToken(token: string): void {
  csrfToken = token
}

async function send(
  method: Method,
  path: string,
  sent: Sent,
  signal?: AbortSignal,
): Promise<Response> {
  const isRead = method === 'get'
  const response = await fetch(addressOf(path, sent), {
    method: method.toUpperCase(),
    headers: {
      accept: 'application/json, text/event-stream',
      ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isRead ? {} : { 'x-csrf-token': csrfToken }),
    },
    ...(signal === undefined ? {} : { signal }),
    ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
  }).catch(() => {
    throw new ApiProblem(0, 'away', isRead ? awayForReading : awayForChanging)
  })
  if (response.ok) return response
  if (response.status === 401) signInAgain()
  throw await problemOf(response)
}

/**
 * Asks for an answer that comes in parts, as server-sent events. Throws `ApiProblem` where none is begun.
 */
export async function stream(
  path: PathOf<'post'>,
  body: unknown,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const response = await send('post', path, { body }, signal)
  if (response.body === null)
    throw new ApiProblem(response.status, 'unreadable', 'The answer has nothing in it.')
  return response.body
}

/**
 * The server's routes by their own paths and types. They throw `ApiProblem` with the server's own words; a server that
 * cannot be reached is a problem of status 0.
 */
export const api = {
  async get<P extends PathOf<'get'>>(
    path: P,
    input: Input<'get', P> & Sent,
  ): Promise<Answer<'get', P>> {
    return (await send('get', path, input)).json()
  },
  async post<P extends PathOf<'post'>>(
    path: P,
    input: Input<'post', P> & Sent,
    signal?: AbortSignal,
  ): Promise<Answer<'post', P>> {
    return (await send('post', path, input, signal)).json()
  },
  async put<P extends PathOf<'put'>>(
    path: P,
    input: Input<'put', P> & Sent,
  ): Promise<Answer<'put', P>> {
    return (await send('put', path, input)).json()
  },
  async delete<P extends PathOf<'delete'>>(
    path: P,
    input: Input<'delete', P> & Sent,
  ): Promise<Answer<'delete', P>> {
    return (await send('delete', path, input)).json()
  },
}
