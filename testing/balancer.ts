import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { freePort } from './free-port.ts'

/** A small balancer: requests go in turn to the servers whose /readyz answered 200 the last time it was asked. */
type Balancer = {
  readonly url: string
  /** Requests no server answered. */
  unanswered(): readonly string[]
  /** Resolves when the server at this address gets requests, or gets none any more. */
  sees(url: string, isReady: boolean): Promise<void>
  /** Has this server stand behind it from now on. */
  add(url: string): void
  remove(url: string): void
  stop(): Promise<void>
}

const checkEveryMs = 200

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.status === 200
    },
    () => false,
  )
}

function passOn(
  asked: IncomingMessage,
  answer: ServerResponse,
  { url, agent, failed }: { url: string; agent: Agent; failed: (why: string) => void },
): void {
  const { method = 'GET', headers } = asked
  const address = new URL(asked.url ?? '/', url)
  const onward = request(address, { method, headers, agent }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, { 'content-type': 'application/json' })
    answered.pipe(answer)
  })
  onward.on('error', (error) => failed(`${url}: ${error.message}`))
  asked.pipe(onward)
}

/** Opens a balancer over no servers yet; its connections to them are kept, like those of a real one. */
export async function openBalancer(): Promise<Balancer> {
  const port = await freePort()
  const ready = new Map<string, boolean>()
  const watchers = new Set<() => void>()
  const agent = new Agent({ keepAlive: true })
  const unanswered: string[] = []
  let turn = 0
  const timer = setInterval(async () => {
    for (const url of [...ready.keys()]) {
      const now = await isReady(url)
      if (ready.has(url)) ready.set(url, now)
    }
    for (const look of [...watchers]) look()
  }, checkEveryMs)
  const server = createServer((asked, answer) => {
    const urls = [...ready].flatMap(([url, is]) => (is ? [url] : []))
    turn += 1
    const url = urls[turn % urls.length]
    const failed = (why: string) => {
      unanswered.push(why)
      answer.writeHead(502).end(why)
    }
    if (url === undefined) failed('no server is ready')
    else passOn(asked, answer, { url, agent, failed })
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${port}`,
    unanswered: () => unanswered,
    add: (url) => void ready.set(url, false),
    remove: (url) => void ready.delete(url),
    sees: (url, wanted) =>
      new Promise((seen) => {
        const look = () => {
          if (ready.get(url) !== wanted) return
          watchers.delete(look)
          seen()
        }
        watchers.add(look)
        look()
      }),
    stop: () =>
      new Promise((closed) => {
        clearInterval(timer)
        server.close(() => closed())
        server.closeAllConnections()
        agent.destroy()
      }),
  }
}
