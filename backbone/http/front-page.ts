import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { FrontPage } from '../services/ports.ts'
import type { AppEnv } from './app-env.ts'

/** The style of the two plain pages; no script, nothing loaded from elsewhere. */
export const pageStyle = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; background: #fff }
  code, pre { font: 14px/1.45 ui-monospace, monospace; background: #f2f4f7; border-radius: 4px; padding: .1rem .3rem }
  pre { padding: .6rem .8rem; overflow-x: auto }
  table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
  th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e3e7ee }
  h2 { margin-top: 2.5rem } details { margin: .4rem 0 } summary { cursor: pointer }
  .method { display: inline-block; min-width: 3.6rem; font-weight: 600 } .quiet { color: #5b6675 }`

/** The page at `/`: what runs here and where to look. */
export function mountFrontPage(
  app: OpenAPIHono<AppEnv>,
  frontPage: () => Promise<FrontPage>,
): void {
  app.get('/', async (c) => {
    const { version, mode, counts } = await frontPage()
    return c.html(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quittance</title><style>${pageStyle}</style></head>
<body>
<h1>Quittance</h1>
<p>Order-to-cash for distribution: purchase orders in; acknowledgements, ship notices, invoices and matched payments out.</p>
<p class="quiet">Version ${version}, ${mode}. The console was not built beside this server (npm run build does it); this page says where to look meanwhile.</p>
<table>${counts.map(({ label, count }) => html`<tr><td>${label}</td><td>${count}</td></tr>`)}</table>
<ul>
<li><a href="/docs">/docs</a>: every route with its input and answers, from <a href="/openapi.json">/openapi.json</a></li>
<li><code>/mcp</code>: the same desk for agent hosts such as Claude and Copilot, with a key of the role mcp</li>
<li><a href="/readyz">/readyz</a> and <a href="/healthz">/healthz</a>: can it work, does it run</li>
<li><a href="/metrics">/metrics</a>: Prometheus numbers (from this machine, or with a key that has metrics:read)</li>
</ul>
<pre>curl -H "authorization: Bearer $QUITTANCE_KEY" "http://…/v1/orders?stage=held"</pre>
</body></html>`)
  })
}
