import { z } from 'zod'

const NodeBindings = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
})

/** The address at the other end of the connection; empty where there is none, as in a test without a socket. */
export function remoteAddress(bindings: unknown): string {
  const found = NodeBindings.safeParse(bindings)
  return found.success ? found.data.incoming.socket.remoteAddress : ''
}

/** Whether the request came from this machine itself and not through a proxy on it. */
export function isFromThisMachine(
  bindings: unknown,
  header: (name: string) => string | undefined,
): boolean {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress(bindings))
  return isLoopback && header('x-forwarded-for') === undefined && header('forwarded') === undefined
}
