import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Stoppable } from './keep.ts'

const ErpOrder = z.object({
  order_no: z.string().min(1),
  po_no: z.string().min(1),
  lines: z.array(z.unknown()).min(1),
})

/** How the sink shall behave from now on: how long it takes, and whether it refuses everything. */
export const SinkMode = z.object({
  delayMs: z.number().min(0).optional(),
  isFailing: z.boolean().optional(),
})
export type SinkMode = z.infer<typeof SinkMode>

/** What the sink has counted of one run, or of all. */
export const SinkStats = z.object({
  arrived: z.int(),
  unique: z.int(),
  refused: z.int(),
})
export type SinkStats = z.infer<typeof SinkStats>

/** Each order of a run that arrived: purchase order, times it arrived, first moment on the machine's monotonic clock. */
export const SinkArrivals = z.array(z.tuple([z.string(), z.int(), z.number()]))
export type SinkArrivals = z.infer<typeof SinkArrivals>

type Arrival = { times: number; readonly firstAtMs: number }

/** Milliseconds of CLOCK_MONOTONIC: the same clock in every process of one machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const runOf = (purchaseOrder: string) =>
  purchaseOrder.slice('PO-'.length, purchaseOrder.lastIndexOf('-'))

/** The books of an ERP that takes every order as often as it comes and counts it. */
function sinkBooks() {
  const runs = new Map<string, Map<string, Arrival>>()
  const idByPath = new Map<string, string>()
  let mode = { delayMs: 1, isFailing: false }
  let refused = 0
  let taken = 0
  return {
    mode: () => mode,
    setMode({ delayMs = mode.delayMs, isFailing = mode.isFailing }: SinkMode) {
      mode = { delayMs, isFailing }
    },
    refuse() {
      refused += 1
    },
    take(path: string, { order_no, po_no }: z.infer<typeof ErpOrder>): string {
      taken += 1
      const id = `ERP${taken}`
      const run = runs.get(runOf(po_no)) ?? new Map<string, Arrival>()
      runs.set(runOf(po_no), run)
      const before = run.get(po_no)
      if (before === undefined) run.set(po_no, { times: 1, firstAtMs: monotonicMs() })
      else before.times += 1
      idByPath.set(`${path}/${encodeURIComponent(order_no)}`, id)
      return id
    },
    idOf: (path: string) => idByPath.get(path),
    stats(run: string): SinkStats {
      const arrivals = [...(runs.get(run)?.values() ?? [])]
      const arrived = arrivals.reduce((sum, { times }) => sum + times, 0)
      return { arrived, unique: arrivals.length, refused }
    },
    arrivals: (run: string): SinkArrivals =>
      [...(runs.get(run) ?? [])].map(([po, { times, firstAtMs }]) => [po, times, firstAtMs]),
    forget() {
      runs.clear()
      idByPath.clear()
      refused = 0
    },
  }
}

type Books = ReturnType<typeof sinkBooks>

type Asked = { readonly path: string; readonly body: string }

function takeOrder(books: Books, { path, body }: Asked, response: ServerResponse): void {
  const order = ErpOrder.safeParse(JSON.parse(body))
  if (!order.success) {
    answer(response, 422, { error: order.error.message })
    return
  }
  // The arrival counts when the answer is about to go: that is the end of the order's way.
  setTimeout(
    () => answer(response, 201, { erp_id: books.take(path, order.data) }),
    books.mode().delayMs,
  )
}

function lookUpOrder(books: Books, path: string, response: ServerResponse): void {
  const id = books.idOf(path)
  if (id === undefined) answer(response, 404, { error: 'There is no such order.' })
  else answer(response, 200, { erp_id: id })
}

// Every house has a ledger of its own, /erp/LEDGER/orders: two houses number their orders alike.
const ordersPath = /^\/erp\/(?:[^/]+\/)?orders(?:\/[^/]+)?$/

function answerAsErp(books: Books, method: string, asked: Asked, response: ServerResponse): void {
  if (books.mode().isFailing) {
    books.refuse()
    answer(response, 500, { error: 'The ERP is down.' })
  } else if (method === 'POST') takeOrder(books, asked, response)
  else lookUpOrder(books, asked.path, response)
}

async function respond(
  books: Books,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request)
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sink')
  const run = searchParams.get('run') ?? ''
  const route = `${request.method} ${pathname}`
  if (ordersPath.test(pathname))
    answerAsErp(books, request.method ?? '', { path: pathname, body }, response)
  else if (route === 'GET /stats') answer(response, 200, books.stats(run))
  else if (route === 'GET /arrivals') answer(response, 200, books.arrivals(run))
  else if (route === 'POST /mode') {
    books.setMode(SinkMode.parse(JSON.parse(body)))
    answer(response, 200, books.mode())
  } else if (route === 'POST /forget') {
    books.forget()
    answer(response, 200, {})
  } else answer(response, 404, { error: 'The sink has nothing at this address.' })
}

/** Opens the counting ERP in this process. */
export async function openErpSink(port: number): Promise<Stoppable & { readonly url: string }> {
  const books = sinkBooks()
  const server = createServer((request, response) => {
    respond(books, request, response).catch((error: unknown) =>
      answer(response, 400, { error: String(error) }),
    )
  })
  // Callers keep their connections between measurements.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening)
  })
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
