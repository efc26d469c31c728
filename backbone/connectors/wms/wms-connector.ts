import { z } from 'zod'
import type { PickRequest } from '../../canonical/instruction.ts'
import { recordOf } from '../../canonical/json-fields.ts'
import { OurBug } from '../../errors.ts'
import type { Connector, LookUp, OpenConnection, Operation, OutboundCall } from '../connector.ts'
import type { ArrivedAnswer } from '../http-call.ts'
import { partyBody } from '../party-body.ts'
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

const WmsSettings = z.object({
  /** Address under which /picks lives, for example https://wms.example.com/api. */
  url: SystemUrl,
  /** Header of the API key; without it the key goes as `Authorization: Bearer`. */
  apiKeyHeader: z.string().min(1).optional(),
})

const operations = ['wms.request-pick', 'wms.cancel-pick'] as const satisfies readonly Operation[]

type WmsWrite = {
  readonly path: string
  readonly pickNumber: string
  readonly body: Readonly<Record<string, unknown>>
  readonly notFoundMeans: 'DEPENDENCY' | 'SCHEMA'
  readonly isThere: (held: Readonly<Record<string, unknown>>) => LookUp
}

/** Speaks to a warehouse system over the contract of docs/openapi/wms.yaml: picks by their pick number. */
export function wmsConnector({
  timeoutMs = 10_000,
  now = () => new Date(),
}: ConnectorOptions = {}): Connector {
  const reach = (connection: OpenConnection, signal: AbortSignal) => {
    const { url, apiKeyHeader } = settingsOf(WmsSettings, connection)
    const line: Line = { connection, signal, timeoutMs, now, secretAs: keyHeader(apiKeyHeader) }
    return { url, line }
  }
  const lookUp = async (
    call: OutboundCall,
    connection: OpenConnection,
    signal: AbortSignal,
  ): Promise<LookUp> => {
    const { line, url } = reach(connection, signal)
    const write = wmsWrite(call)
    const answer = await readKeyed(line, `${url}/picks/${encodeURIComponent(write.pickNumber)}`)
    return answer === undefined ? { found: false } : write.isThere(recordOf(answer.json) ?? {})
  }
  return {
    kind: 'wms',
    operations,
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(WmsSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(() => {
        const { line, url } = reach(connection, signal)
        const { path, body, notFoundMeans } = wmsWrite(call)
        return writeKeyed({
          line,
          call,
          request: { method: 'POST', url: `${url}${path}`, body: JSON.stringify(body) },
          readDone: wmsIdIn,
          lookUp: () => lookUp(call, connection, signal),
          notFoundMeans,
        })
      }),
    lookUp,
    test: async (connection, signal) => {
      const { line, url } = reach(connection, signal)
      return testReach(line, `${url}/picks/connection-test`)
    },
  }
}

function wmsWrite({ document, operation }: OutboundCall): WmsWrite {
  if (operation === 'wms.request-pick' && document.docType === 'pick-request')
    return requestPick(document)
  if (operation === 'wms.cancel-pick' && document.docType === 'cancellation') {
    const { pickNumber, reason } = document
    if (pickNumber === undefined)
      throw new OurBug('A pick cannot be withdrawn without its number.', { operation })
    return cancelPick(pickNumber, reason)
  }
  throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
}

function requestPick(pick: PickRequest): WmsWrite {
  const body = pickBody(pick)
  return {
    path: '/picks',
    pickNumber: pick.pickNumber,
    body,
    notFoundMeans: 'SCHEMA',
    isThere: (held) => ({ found: true, ...idOf(held), isSame: isSameContent(body, held) }),
  }
}

function cancelPick(pickNumber: string, reason: string): WmsWrite {
  return {
    path: `/picks/${encodeURIComponent(pickNumber)}/cancellation`,
    pickNumber,
    body: { pick_no: pickNumber, reason },
    notFoundMeans: 'DEPENDENCY',
    isThere: (held) =>
      held['status'] === 'cancelled'
        ? { found: true, ...idOf(held), isSame: true }
        : { found: false },
  }
}

function pickBody(pick: PickRequest): Readonly<Record<string, unknown>> {
  return {
    pick_no: pick.pickNumber,
    order_no: pick.orderNumber,
    po_no: pick.purchaseOrderNumber,
    warehouse: pick.warehouse,
    requested_on: pick.requestedOn,
    ship_complete: pick.isShipComplete,
    ship_to: partyBody(pick.shipTo),
    lines: pick.lines.map(({ line, sku, quantityEach, description }) => ({
      line,
      sku,
      quantity: quantityEach,
      description,
    })),
  }
}

function idOf(held: Readonly<Record<string, unknown>>): { readonly externalId?: string } {
  const id = held['wms_id']
  return typeof id === 'string' || typeof id === 'number' ? { externalId: String(id) } : {}
}

// A 2xx without the warehouse's own id proves nothing.
function wmsIdIn(answer: ArrivedAnswer): { readonly externalId?: string } | undefined {
  const id = idOf(recordOf(answer.json) ?? {})
  return id.externalId === undefined ? undefined : id
}
