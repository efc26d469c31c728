import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { pageStyle } from '../front-page.ts'

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: z.unknown(),
})

const Operation = z.object({
  summary: z.string().default(''),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  parameters: z.array(Parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: z.unknown() })).default({}),
    }),
  ),
})
type Operation = z.infer<typeof Operation>

/** The parts of our own OpenAPI document that the page shows. */
const ApiDocument = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

const Reference = z.object({ $ref: z.string() })

type Listed = { readonly method: string; readonly path: string; readonly operation: Operation }

/** A schema in the page: a link where it has a name, its JSON where not. */
function shownSchema(schema: unknown) {
  const reference = Reference.safeParse(schema)
  const name = reference.success ? reference.data.$ref.split('/').at(-1) : undefined
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`
  return html`<details><summary>schema</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`
}

function whoMay({ security }: Operation): string {
  const scopes = [...new Set(security.flatMap((entry) => Object.values(entry).flat()))].join(', ')
  if (security.length === 0) return 'Open to everybody.'
  const isForKeys = security.some((entry) => 'apiKey' in entry)
  const isForPeople = security.some((entry) => 'session' in entry)
  if (!isForPeople) return `Needs an API key with ${scopes}; people do it as an act.`
  if (scopes === '') return 'Needs a person signed in.'
  return isForKeys
    ? `Needs an API key, or a person signed in, with ${scopes}.`
    : `Needs a person signed in with ${scopes}; no API key does.`
}

function shownOperation({ method, path, operation }: Listed) {
  return html`<details>
<summary><span class="method">${method.toUpperCase()}</span> <code>${path}</code> ${operation.summary}</summary>
${operation.description === undefined ? '' : html`<p>${operation.description}</p>`}
<p class="quiet">${whoMay(operation)}</p>
<table>
${operation.parameters.map(
  (parameter) =>
    html`<tr><td><code>${parameter.name}</code></td><td>${parameter.in}${parameter.required ? ', required' : ''}</td><td>${parameter.description ?? ''}</td><td>${shownSchema(parameter.schema)}</td></tr>`,
)}
${Object.entries(operation.requestBody?.content ?? {}).map(
  ([type, { schema }]) =>
    html`<tr><td>body</td><td>${type}</td><td></td><td>${shownSchema(schema)}</td></tr>`,
)}
${Object.entries(operation.responses).map(
  ([status, response]) =>
    html`<tr><td>${status}</td><td>${Object.keys(response.content).join(', ')}</td><td>${response.description}</td><td>${Object.values(response.content).map(({ schema }) => shownSchema(schema))}</td></tr>`,
)}
</table></details>`
}

function shownApi(document: unknown) {
  const { info, paths, components } = ApiDocument.parse(document)
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })),
  )
  const rooms = [...new Set(listed.map(({ operation }) => operation.tags[0] ?? 'Other'))]
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${info.title}: the API</title><style>${pageStyle}</style></head>
<body>
<h1>${info.title}: the API</h1>
<p>Version ${info.version}; for programs the same is at <a href="/openapi.json">/openapi.json</a>.</p>
<p>Send an API key as <code>Authorization: Bearer qk_…</code> or <code>x-api-key</code>. Every error is
<a href="#schema-Problem">application/problem+json</a> with a <code>requestId</code> to quote. Lists give
<code>nextCursor</code>; send it back as <code>cursor</code>. A POST repeated under its <code>Idempotency-Key</code>
gets the first answer again, for 24 hours.</p>
${rooms.map(
  (room) => html`<h2>${room}</h2>
${listed.filter(({ operation }) => (operation.tags[0] ?? 'Other') === room).map(shownOperation)}`,
)}
<h2>Shapes</h2>
${Object.entries(components.schemas).map(
  ([name, schema]) =>
    html`<details id="schema-${name}"><summary>${name}</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`,
)}
</body></html>`
}

/** The API's description for programs at /openapi.json and for people at /docs; made here, nothing loaded from elsewhere. */
export function mountDocs(app: OpenAPIHono<AppEnv>, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (qk_…); "x-api-key" works too.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'quittance_session',
    description:
      'The session of a person, from POST /v1/session. What is not a GET needs the header x-csrf-token too, with the token that GET /v1/session tells.',
  })
  let made: { document: object; page: ReturnType<typeof shownApi> } | undefined
  const describe = () => {
    if (made === undefined) {
      const document = app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Quittance',
          version,
          description: 'Order-to-cash for distribution: every order, document and call in sight.',
        },
      })
      made = { document, page: shownApi(JSON.parse(JSON.stringify(document))) }
    }
    return made
  }
  app.get('/openapi.json', (c) => c.json(describe().document))
  app.get('/docs', (c) => c.html(describe().page))
}
