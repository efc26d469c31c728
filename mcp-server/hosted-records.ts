import {
  type CompleteResult,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import { CallerMistake } from '../backbone/errors.ts'
import { catalog } from '../tools/catalog.ts'
import { runbookGet } from '../tools/runbook-get.ts'
import type { CallForHost } from './hosted-tools.ts'
import type { Asked, HostedTemplate } from './surface.ts'

const json = 'application/json'

/** A record that is read by its address, through one tool; what it could be is found by another. */
type RecordKind = {
  readonly scheme: string
  readonly variable: string
  readonly title: string
  readonly description: string
  readonly tool: string
  readonly argument: string
  readonly found?: FoundBy
}

/** Which tool finds records that begin so, and where their names stand in its answer. */
type FoundBy = {
  readonly tool: string
  readonly args: (begun: string) => Record<string, unknown>
  readonly names: readonly string[]
}

const orders: FoundBy = {
  tool: 'order_search',
  args: (begun) => ({ ...(begun === '' ? {} : { text: begun }), fields: ['stage'], limit: 20 }),
  names: ['order_number', 'order_id'],
}

const kinds: readonly RecordKind[] = [
  {
    ...{ scheme: 'order', variable: 'id', title: 'Order', tool: 'order_get', argument: 'order' },
    description: 'One order by its id or number: where it is, what holds it, what happened.',
    found: orders,
  },
  {
    ...{ scheme: 'invoice', variable: 'id', title: 'Invoice' },
    ...{ tool: 'invoice_get', argument: 'invoice' },
    description: 'One invoice by its id or number: lines, what is open, what was paid.',
    found: {
      tool: 'invoice_search',
      args: () => ({ fields: ['status'], limit: 100 }),
      names: ['invoice_number', 'invoice_id'],
    },
  },
  {
    ...{ scheme: 'transaction', variable: 'id', title: 'Transaction, without its payload' },
    ...{ tool: 'transaction_get', argument: 'transaction_id' },
    description: 'One call or document by its id, with every try; payloads are left out.',
    found: {
      tool: 'failure_search',
      args: () => ({ fields: ['status'], limit: 100 }),
      names: ['transaction_id'],
    },
  },
  {
    ...{ scheme: 'proposal', variable: 'id', title: 'Proposal' },
    ...{ tool: 'proposal_get', argument: 'proposal_id' },
    description: 'One proposal by its id: what it would change, who decides, what became of it.',
    found: {
      tool: 'proposal_search',
      args: () => ({ fields: ['status'], limit: 60 }),
      names: ['proposal_id'],
    },
  },
  {
    ...{ scheme: 'runbook', variable: 'error_class', title: 'Runbook' },
    ...{ tool: 'runbook_get', argument: 'error_class' },
    description: 'What a class of failure means and what a person does about it.',
  },
]

const errorClasses = runbookGet.input.shape.error_class.options

/** Completions are at most a hundred (MCP 2026-07-28, completion). */
function completion(values: readonly string[], begun: string): CompleteResult['completion'] {
  const fitting = [...new Set(values)].filter((value) =>
    value.toLowerCase().startsWith(begun.toLowerCase()),
  )
  return { values: fitting.slice(0, 100), total: fitting.length, hasMore: fitting.length > 100 }
}

/** Completes the class of a failure. */
export function completeErrorClass(begun: string): CompleteResult['completion'] {
  return completion(errorClasses, begun)
}

async function completeFound(
  call: CallForHost,
  { tool, args, names }: FoundBy,
  { begun, asked }: { readonly begun: string; readonly asked: Asked },
): Promise<CompleteResult['completion']> {
  try {
    const { items } = await call(asked, tool, args(begun))
    const rows: readonly unknown[] = Array.isArray(items) ? items : []
    const values = rows.flatMap((row) =>
      typeof row === 'object' && row !== null
        ? Object.entries(row).flatMap(([name, value]) =>
            names.includes(name) && typeof value === 'string' ? [value] : [],
          )
        : [],
    )
    return completion(values, begun)
  } catch (error) {
    // A hint at what to type; who may not see it, or typed what is no number, gets none.
    if (error instanceof CallerMistake) return { values: [] }
    throw error
  }
}

/** Completes the number of an order. */
export function completeOrder(
  call: CallForHost,
  begun: string,
  asked: Asked,
): Promise<CompleteResult['completion']> {
  return completeFound(call, orders, { begun, asked })
}

function templateOf(kind: RecordKind, call: CallForHost): HostedTemplate {
  const { scheme, variable, title, description, tool, argument, found } = kind
  const scope = catalog.find(({ name }) => name === tool)?.scope
  return {
    ...(scope === undefined ? {} : { scope }),
    listed: {
      ...{ name: scheme, title, description, mimeType: json },
      uriTemplate: `${scheme}://{${variable}}`,
    },
    read: async (uri, variables, asked) => {
      try {
        const answer = await call(asked, tool, { [argument]: variables[variable] })
        return { contents: [{ uri, mimeType: json, text: JSON.stringify(answer) }] }
      } catch (error) {
        if (error instanceof CallerMistake) throw new ResourceNotFoundError(uri, error.message)
        throw error
      }
    },
    complete: async (_, begun, asked) =>
      found === undefined
        ? completeErrorClass(begun)
        : completeFound(call, found, { begun, asked }),
  }
}

/** The records that hosts read by their address. */
export function hostedTemplates(call: CallForHost): HostedTemplate[] {
  return kinds.map((kind) => templateOf(kind, call))
}

/** The addresses that are the same for everybody: one runbook for each class of failure. */
export const runbookAddresses: readonly Resource[] = errorClasses.map((errorClass) => ({
  uri: `runbook://${errorClass}`,
  name: `runbook ${errorClass}`,
  title: `Runbook ${errorClass}`,
  description: `What to do about failures of the class ${errorClass}.`,
  mimeType: json,
}))
