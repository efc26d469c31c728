import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { startCallbacks } from './callbacks.ts'
import { sandboxControl } from './control.ts'
import { sandboxErp } from './erp.ts'
import { memoryJournal, openJournal } from './journal.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { misbehaviour, type SandboxEnv } from './misbehaviour.ts'
import { sandboxPartners } from './partners.ts'
import { SandboxSettings } from './records.ts'
import { sandboxShop } from './shop.ts'
import { sandboxWebhooks } from './webhooks.ts'
import { sandboxWms } from './wms.ts'

/** How a sandbox is started; settings given here are kept in the state file, as later changes are. */
export type SandboxStart = {
  /** 0 takes a free port. */
  readonly port: number
  readonly host?: string
  /** JSON lines file that lets a killed sandbox come back; without it the state is lost. */
  readonly stateFile?: string
  readonly settings?: Partial<SandboxSettings>
  readonly now?: () => number
}

/** A running sandbox: its address, and how it is stopped. */
export type Sandbox = { readonly url: string; close(): Promise<void> }

/** Starts the outside systems of the demo and of the fault tests: ERP, WMS, carrier, bank, shop, partners, webhooks. */
export async function startSandbox({
  port,
  host = '127.0.0.1',
  stateFile,
  settings,
  now = Date.now,
}: SandboxStart): Promise<Sandbox> {
  const journal = stateFile === undefined ? memoryJournal() : await openJournal(stateFile)
  const ledger = openLedger(journal, now)
  if (settings !== undefined)
    ledger.changeSettings(SandboxSettings.parse({ ...ledger.settings(), ...settings }))
  const callbacks = startCallbacks(ledger, now)
  const trouble = misbehaviour(ledger.settings().seed)
  const app = new Hono<SandboxEnv>()
  app.route('/_sandbox', sandboxControl({ ledger, trouble }))
  const lock = onlyWithKey(ledger)
  app.use('/erp/*', lock, trouble.middleware('erp')).route('/erp', sandboxErp(ledger, now))
  app.use('/wms/*', lock, trouble.middleware('wms')).route('/wms', sandboxWms(ledger, now))
  app.use('/admin/api/*', lock, trouble.middleware('shop')).route('/admin/api', sandboxShop(ledger))
  app.use('/partners/*', lock, trouble.middleware('partners'))
  app.route('/partners', sandboxPartners(ledger))
  app.use('/webhooks/*', trouble.middleware('webhooks'))
  app.route('/webhooks', sandboxWebhooks(ledger, now))
  app.notFound((context) => context.json({ code: 'not_found', message: 'No such door.' }, 404))
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host })
  // Callers keep their lines open between two orders: an idle line is not cut under their next call.
  if (isHttpServer(server)) server.keepAliveTimeout = 120_000
  const url = await listen(server, port, host)
  return {
    url,
    close: async () => {
      await callbacks.close()
      await closeServer(server)
      await journal.close()
    },
  }
}

function onlyWithKey(ledger: Ledger): MiddlewareHandler<SandboxEnv> {
  return (context, next) => {
    const { apiKeys } = ledger.settings()
    const bearer = context.req.header('authorization')?.replace(/^Bearer /, '')
    const shown = bearer ?? context.req.header('x-shopify-access-token') ?? ''
    if (apiKeys.length === 0 || apiKeys.includes(shown)) return next()
    return Promise.resolve(context.json({ code: 'unauthorized', message: 'Unknown key.' }, 401))
  }
}

type AnyServer = ReturnType<typeof createAdaptorServer>

function listen(server: AnyServer, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      resolve(`http://${host}:${taken}`)
    })
  })
}

function closeServer(server: AnyServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if (isHttpServer(server)) server.closeAllConnections()
  })
}

function isHttpServer(server: AnyServer): server is Server {
  return 'closeAllConnections' in server
}
