import { createServer } from 'node:http'
import { z } from 'zod'

const Answered = z.object({
  method: z.string(),
  route: z.string(),
  status: z.int(),
  msg: z.literal('A request was answered.'),
})

/** Reads the log of a house for the requests that reached it: `POST /v1/proposals/:id/decision 403`. */
export function doorWatch() {
  const reached: string[] = []
  return {
    reached,
    onLog(line: string): void {
      const answered = Answered.safeParse(JSON.parse(line))
      if (!answered.success) return
      const { method, route, status } = answered.data
      reached.push(`${method} ${route} ${status}`)
    },
  }
}

/** The server of somebody hostile: gives a page that any script may be tried on, and notes whatever is asked of it. */
export async function startAttacker() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Win a phone</title><body>Win a phone</body>')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    /** What was asked of it besides its own pages. */
    stolen: () => asked.filter((path) => path.startsWith('/stolen')),
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}
