import type { MiddlewareHandler } from 'hono'
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
    const declared = c.req.header('content-length')
    // A declared length is kept to by the HTTP parser; only a body of unknown length must be counted.
    if (declared === undefined || c.req.header('transfer-encoding') !== undefined)
      return counting(c, next)
    if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
    return next()
  }
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
