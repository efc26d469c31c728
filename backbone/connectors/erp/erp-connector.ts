import { z } from 'zod'
import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { recordOf } from '../../canonical/json-fields.ts'
import { OurBug } from '../../errors.ts'
import type { Connector, LookUp, OpenConnection, Operation, OutboundCall } from '../connector.ts'
import type { ArrivedAnswer } from '../http-call.ts'
import {
  type ConnectorOptions,
  keyHeader,
  type Line,
  readKeyed,
  SystemUrl,
  testReach,
  writeKeyed,
} from '../rest-call.ts'
import { isSameContent } from '../same-content.ts'
import { refusingMistakes, settingsMistakes, settingsOf } from '../settings-check.ts'
import { erpCreditNote, erpCreditPosting, erpInvoice, erpOrder, erpPayment } from './erp-body.ts'

const ErpSettings = z.object({
  /** Address under which /orders, /invoices, /payments and /credit-notes live, for example https://erp.example.com/api. */
  url: SystemUrl,
  /** Header of the API key; without it the key goes as `Authorization: Bearer`. */
  apiKeyHeader: z.string().min(1).optional(),
})

const operations = [
  'erp.create-order',
  'erp.change-order',
  'erp.cancel-order',
  'erp.post-invoice',
  'erp.post-payment',
  'erp.post-credit-note',
  'erp.apply-credit',
] as const satisfies readonly Operation[]

type ErpWrite = {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** Where the thing itself is read back, by its natural key. */
  readonly lookUpPath: string
  readonly notFoundMeans: 'DEPENDENCY' | 'SCHEMA'
  readonly isThere: (held: Readonly<Record<string, unknown>>) => LookUp
}

/** Speaks to an ERP over the contract of docs/openapi/erp.yaml: orders, invoices, payments and credits by their numbers. */
export function erpConnector({
  timeoutMs = 10_000,
  now = () => new Date(),
}: ConnectorOptions = {}): Connector {
  const reach = (connection: OpenConnection, signal: AbortSignal) => {
    const { url, apiKeyHeader } = settingsOf(ErpSettings, connection)
    const line: Line = { connection, signal, timeoutMs, now, secretAs: keyHeader(apiKeyHeader) }
    return { url, line }
  }
  const lookUp = async (
    call: OutboundCall,
    connection: OpenConnection,
    signal: AbortSignal,
  ): Promise<LookUp> => {
    const { line, url } = reach(connection, signal)
    const { lookUpPath, isThere } = erpWrite(call)
    const answer = await readKeyed(line, `${url}${lookUpPath}`)
    return answer === undefined ? { found: false } : isThere(recordOf(answer.json) ?? {})
  }
  return {
    kind: 'erp',
    operations,
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(ErpSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(() => {
        const { line, url } = reach(connection, signal)
        const { method, path, body, notFoundMeans } = erpWrite(call)
        return writeKeyed({
          line,
          call,
          request: { method, url: `${url}${path}`, body: JSON.stringify(body) },
          readDone: erpIdIn,
          lookUp: () => lookUp(call, connection, signal),
          notFoundMeans,
        })
      }),
    lookUp,
    test: async (connection, signal) => {
      const { line, url } = reach(connection, signal)
      return testReach(line, `${url}/orders/connection-test`)
    },
  }
}

function erpWrite(call: OutboundCall): ErpWrite {
  const { document, operation } = call
  const write = orderWrite(call) ?? ledgerWrite(call)
  if (write === undefined) throw wrongDocument(operation, document)
  return write
}

function orderWrite({ document, operation }: OutboundCall): ErpWrite | undefined {
  if (operation === 'erp.create-order' && document.docType === 'sales-order')
    return createOrder(erpOrder(document), document.orderNumber, document.revision)
  if (operation === 'erp.change-order' && document.docType === 'sales-order')
    return changeOrder(erpOrder(document), document.orderNumber, document.revision)
  if (operation === 'erp.cancel-order' && document.docType === 'cancellation')
    return cancelOrder(document.orderNumber, document.reason)
  return undefined
}

function ledgerWrite({ document, operation }: OutboundCall): ErpWrite | undefined {
  if (operation === 'erp.post-invoice' && document.docType === 'invoice')
    return posting('invoices', document.invoiceNumber, erpInvoice(document))
  if (operation === 'erp.post-payment' && document.docType === 'payment-posting')
    return posting('payments', document.paymentNumber, erpPayment(document))
  if (operation === 'erp.post-credit-note' && document.docType === 'credit-note')
    return posting('credit-notes', document.creditNoteNumber, erpCreditNote(document))
  if (operation === 'erp.apply-credit' && document.docType === 'credit-posting')
    return posting('credit-postings', document.postingNumber, erpCreditPosting(document))
  return undefined
}

function createOrder(
  body: Readonly<Record<string, unknown>>,
  orderNumber: string,
  revision: number,
): ErpWrite {
  return {
    method: 'POST',
    path: '/orders',
    body,
    lookUpPath: orderPath(orderNumber),
    notFoundMeans: 'SCHEMA',
    isThere: (held) => ({ found: true, ...idOf(held), isSame: isOrderAt(held, body, revision) }),
  }
}

function changeOrder(
  body: Readonly<Record<string, unknown>>,
  orderNumber: string,
  revision: number,
): ErpWrite {
  return {
    method: 'PUT',
    path: orderPath(orderNumber),
    body,
    lookUpPath: orderPath(orderNumber),
    notFoundMeans: 'DEPENDENCY',
    isThere: (held) =>
      revisionOf(held) < revision
        ? { found: false }
        : { found: true, ...idOf(held), isSame: isOrderAt(held, body, revision) },
  }
}

// An order that has moved on to a later revision once was at ours.
function isOrderAt(
  held: Readonly<Record<string, unknown>>,
  body: Readonly<Record<string, unknown>>,
  revision: number,
): boolean {
  return revisionOf(held) > revision || isSameContent(body, held)
}

function cancelOrder(orderNumber: string, reason: string): ErpWrite {
  return {
    method: 'POST',
    path: `${orderPath(orderNumber)}/cancellation`,
    body: { order_no: orderNumber, reason },
    lookUpPath: orderPath(orderNumber),
    notFoundMeans: 'DEPENDENCY',
    isThere: (held) =>
      held['status'] === 'cancelled'
        ? { found: true, ...idOf(held), isSame: true }
        : { found: false },
  }
}

function posting(
  ledger: 'invoices' | 'payments' | 'credit-notes' | 'credit-postings',
  number: string,
  body: Readonly<Record<string, unknown>>,
): ErpWrite {
  return {
    method: 'POST',
    path: `/${ledger}`,
    body,
    lookUpPath: `/${ledger}/${encodeURIComponent(number)}`,
    notFoundMeans: 'SCHEMA',
    isThere: (held) => ({ found: true, ...idOf(held), isSame: isSameContent(body, held) }),
  }
}

function orderPath(orderNumber: string): string {
  return `/orders/${encodeURIComponent(orderNumber)}`
}

function revisionOf(held: Readonly<Record<string, unknown>>): number {
  return typeof held['revision'] === 'number' ? held['revision'] : 1
}

function idOf(held: Readonly<Record<string, unknown>>): { readonly externalId?: string } {
  const id = held['erp_id']
  return typeof id === 'string' || typeof id === 'number' ? { externalId: String(id) } : {}
}

// A 2xx without the ERP's own id may be a log-in page or "accepted for later": it proves nothing.
function erpIdIn(answer: ArrivedAnswer): { readonly externalId?: string } | undefined {
  const id = idOf(recordOf(answer.json) ?? {})
  return id.externalId === undefined ? undefined : id
}

function wrongDocument(operation: Operation, document: OutboundDocument): OurBug {
  return new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
}
