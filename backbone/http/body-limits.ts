import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { CallerMistake } from '../errors.ts'
import type { AppEnv } from './app-env.ts'

function tooLarge(maxBytes: number): CallerMistake {
  return new CallerMistake(
    413,
    'too-large',
    `The body is larger than the ${maxBytes} bytes this route takes.`,
    { maxBytes },
  )
}

/** Refuses a body above `maxBytes`, before more than that of it is read. */
export function bodyUpTo(maxBytes: number): MiddlewareHandler<AppEnv> {
  const counting = bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw tooLarge(maxBytes)
    },
  })
  return (c, next) => {
    const declared = declaredBytes(c)
    if (declared === undefined) return counting(c, next)
    if (declared > maxBytes) throw tooLarge(maxBytes)
    return next()
  }
}

// A small body takes its room at once, a larger one as it comes: who declares much and sends nothing holds nothing.
const smallBytes = 65_536

/** Reads a body of at most `maxBytes` whole; `hold` is told of bytes before they are kept, and may refuse them. */
export async function readBodyUpTo(
  c: Context<AppEnv>,
  maxBytes: number,
  hold: (bytes: number) => void,
): Promise<Uint8Array> {
  const declared = declaredBytes(c)
  if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes)
  if (declared !== undefined && declared <= smallBytes) {
    hold(declared)
    return new Uint8Array(await c.req.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    hold(chunk.byteLength)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** The length a request says its body has; undefined when that is not known before its end. */
export function declaredBytes(c: Context<AppEnv>): number | undefined {
  const declared = c.req.header('content-length')
  // A declared length is kept to by the HTTP parser; only a body of unknown length must be counted.
  if (declared === undefined || c.req.header('transfer-encoding') !== undefined) return undefined
  return Number(declared)
}

/** Passes a bulk body through as it comes, and breaks it off above `maxBytes`. */
export function streamUpTo(maxBytes: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { body } = c.req.raw
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    if (body !== null) {
      let size = 0
      const counted = body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            size += chunk.byteLength
            if (size > maxBytes) throw tooLarge(maxBytes)
            controller.enqueue(chunk)
          },
        }),
      )
      c.req.raw = new Request(c.req.raw, { body: counted, duplex: 'half' })
    }
    await next()
  }
}
