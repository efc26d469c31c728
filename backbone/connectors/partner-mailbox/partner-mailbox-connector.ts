import { createHash } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { recordOf } from '../../canonical/json-fields.ts'
import { writeX12, type X12Document } from '../../documents/x12/write-x12.ts'
import { NeedsPerson, OurBug } from '../../errors.ts'
import type { Connector, LookUp, OpenConnection, OutboundCall } from '../connector.ts'
import { errorCode } from '../http-call.ts'
import {
  type ConnectorOptions,
  keyHeader,
  type Line,
  readKeyed,
  testReach,
  writeKeyed,
} from '../rest-call.ts'
import { refusingMistakes, settingsMistakes } from '../settings-check.ts'
import { deliverToFolder, findInFolder } from './deliver-to-folder.ts'
import { deliveryOf, envelopeOf, MailboxSettings } from './mailbox-settings.ts'

/** Puts interchanges into a trading partner's mailbox, over HTTP or into a folder. */
export function partnerMailboxConnector({
  timeoutMs = 20_000,
  now = () => new Date(),
}: ConnectorOptions = {}): Connector {
  const lineOf = (connection: OpenConnection, signal: AbortSignal, header?: string): Line => {
    return { connection, signal, timeoutMs, now, secretAs: keyHeader(header) }
  }
  const lookUp = async (
    call: OutboundCall,
    connection: OpenConnection,
    signal: AbortSignal,
  ): Promise<LookUp> => {
    const deliver = deliveryOf(connection)
    const text = renderedOf(call)
    const number = controlNumberOf(text)
    if (deliver.method === 'folder')
      return findInFolder({ folder: deliver.path, name: fileName(number), text })
    const line = lineOf(connection, signal, deliver.apiKeyHeader)
    const answer = await readKeyed(line, `${deliver.url}/${encodeURIComponent(number)}`)
    if (answer === undefined) return { found: false }
    const held = recordOf(answer.json)
    const { externalId } = documentIdIn(answer.json)
    const isSame = held?.['sha256'] === undefined || held['sha256'] === sha256(text)
    return externalId === undefined ? { found: true, isSame } : { found: true, isSame, externalId }
  }
  return {
    kind: 'x12',
    operations: [
      'partner.acknowledgement',
      'partner.ship-notice',
      'partner.invoice',
      'partner.technical-acknowledgement',
    ],
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(MailboxSettings, settings),
    render: ({ document, operation }, connection, numbers) => {
      if (isX12(document)) return writeX12(document, envelopeOf(connection, numbers))
      throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
    },
    send: (call, connection, signal) =>
      refusingMistakes(async () => {
        const deliver = deliveryOf(connection)
        const text = renderedOf(call)
        if (deliver.method === 'folder')
          return deliverToFolder({
            folder: deliver.path,
            name: fileName(controlNumberOf(text)),
            text,
          })
        return writeKeyed({
          line: lineOf(connection, signal, deliver.apiKeyHeader),
          call,
          request: {
            method: 'POST',
            url: deliver.url,
            body: text,
            headers: { 'content-type': 'application/edi-x12' },
          },
          readDone: (answer) => documentIdIn(answer.json),
          lookUp: () => lookUp(call, connection, signal),
          notFoundMeans: 'SCHEMA',
        })
      }),
    lookUp,
    test: async (connection, signal) => {
      const deliver = deliveryOf(connection)
      if (deliver.method === 'http')
        return testReach(lineOf(connection, signal, deliver.apiKeyHeader), deliver.url)
      return testFolder(deliver.path)
    },
  }
}

async function testFolder(path: string): Promise<{ isReachable: boolean; detail: string }> {
  return access(path, constants.W_OK).then(
    () => ({ isReachable: true, detail: 'The folder can be written.' }),
    (error: unknown) => ({
      isReachable: false,
      detail: `The folder cannot be written (${errorCode(error)}).`,
    }),
  )
}

function isX12(document: OutboundDocument): document is X12Document {
  return ['acknowledgement', 'shipment', 'invoice', 'technical-acknowledgement'].includes(
    document.docType,
  )
}

function renderedOf({ operation, rendered }: OutboundCall): string {
  if (rendered !== undefined) return rendered
  throw new OurBug('An interchange must be written before it is sent.', { operation })
}

// X12: the fourth character of ISA separates the elements; ISA13 is the interchange control number.
function controlNumberOf(text: string): string {
  const number = text.startsWith('ISA') ? text.split(text.charAt(3), 14)[13]?.trim() : undefined
  if (number !== undefined && /^\d{1,14}$/.test(number)) return number
  throw new NeedsPerson('The interchange has no control number, so it cannot be found again.')
}

function fileName(controlNumber: string): string {
  return `${controlNumber}.x12`
}

function documentIdIn(body: unknown): { readonly externalId?: string } {
  const id = recordOf(body)?.['document_id']
  return typeof id === 'string' ? { externalId: id } : {}
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
