import type { InboundDocument } from '../canonical/canonical-document.ts'
import { newId } from '../canonical/ids.ts'
import type { TechnicalAcknowledgement } from '../canonical/instruction.ts'
import type { Reading } from '../documents/reading.ts'
import { OurBug } from '../errors.ts'
import type { BatchWork } from '../queue/worker.ts'
import type { TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow, type EventDraft } from '../store/events.ts'
import { type QuarantineDraft, quarantine } from '../store/flow/inbound-documents.ts'
import { type StreamPlace, takeStreamPlaces } from '../store/intake/accept-receipts.ts'
import {
  countReceiptAttempt,
  documentsReadBefore,
  heldPlaces,
  keepReadDocuments,
  lockUnreadReceipts,
  pendingOfStreams,
  type ReadDocument,
  type ReceiptVerdict,
  recordReceiptVerdicts,
  type UnreadReceipt,
} from '../store/intake/unread-receipts.ts'
import type { Channel, ReadConnection, Remark } from './channel.ts'
import { type Linked, noteAnswers } from './note-answers.ts'

/** Sends the acknowledgements a standard demands, inside the transaction that read the document. */
type SendAcknowledgements = (
  tx: TenantTx,
  acknowledgements: readonly {
    readonly connectionId: string
    readonly receiptId: string
    readonly place: number
    readonly traceParent: string | null
    readonly document: TechnicalAcknowledgement
  }[],
) => Promise<void>

/** Takes documents to their orders inside the transaction that read them; `inHand` are the contents read just now. */
type ApplyRead = (
  tx: TenantTx,
  read: {
    readonly documentIds: readonly string[]
    readonly inHand: ReadonlyMap<string, InboundDocument>
  },
) => Promise<void>

/** What reading needs from outside. */
export type ReadingPorts = {
  readonly channels: readonly Channel[]
  readonly sendAcknowledgements: SendAcknowledgements
  readonly apply: ApplyRead
}

type ReadResult = {
  readonly receipt: UnreadReceipt
  readonly connection: ReadConnection
  readonly channel: Channel
  readonly reading: Reading & { readonly remarks?: readonly Remark[] }
}

function documentNumber(document: InboundDocument): string {
  switch (document.docType) {
    case 'order':
    case 'order-change':
      return document.purchaseOrderNumber
    case 'shipment':
      return document.shipmentNumber
    case 'payment':
      return document.paymentNumber
    case 'milestone':
      return document.milestoneNumber
  }
}

const nothingRead: Reading = { documents: [], findings: [], acknowledgements: [], outcome: 'read' }

function readOne(receipt: UnreadReceipt, ports: ReadingPorts): ReadResult {
  const { connectionId, connectionKind: kind, settings } = receipt
  const connection = { connectionId, kind, settings }
  const channel = ports.channels.find((candidate) => candidate.kind === kind)
  if (channel === undefined)
    throw new OurBug(
      `Receipt ${receipt.receiptId} came in at a ${kind} connection, which has no channel.`,
      {
        receiptId: receipt.receiptId,
      },
    )
  const request = { headers: receipt.headers, body: receipt.content }
  const reading =
    receipt.status === 'conflict'
      ? (channel.refuseConflict?.(request, connection) ?? nothingRead)
      : channel.read(request, connection)
  return { receipt, connection, channel, reading }
}

/** Of a receipt read once more, only what could not be read before is new. */
function isNewTo(before: ReadonlySet<string>, { receiptId }: UnreadReceipt) {
  return (document: InboundDocument) =>
    !before.has(`${receiptId}|${document.docType}|${documentNumber(document)}`)
}

/** Gives every document its place in its stream: the one taken at intake, or the next free one. */
async function placeDocuments(
  tx: TenantTx,
  results: readonly ReadResult[],
  held: readonly StreamPlace[],
): Promise<ReadDocument[]> {
  const free = [...held]
  const before = await documentsReadBefore(
    tx,
    results.filter(({ receipt }) => receipt.isReread).map(({ receipt }) => receipt.receiptId),
  )
  const documents = results.flatMap(({ receipt, connection, channel, reading }) =>
    reading.documents.filter(isNewTo(before, receipt)).map((canonical) => {
      const streamKey = channel.streamKey(canonical, connection)
      const at = free.findIndex(
        (place) => place.receiptId === receipt.receiptId && place.streamKey === streamKey,
      )
      const place = at === -1 ? undefined : free.splice(at, 1)[0]
      return {
        documentId: newId('doc'),
        receiptId: receipt.receiptId,
        connectionId: receipt.connectionId,
        docType: canonical.docType,
        number: documentNumber(canonical),
        streamKey,
        orderSeq: place?.orderSeq ?? 0,
        traceParent: receipt.traceParent,
        canonical,
      }
    }),
  )
  const unplaced = documents.filter((document) => document.orderSeq === 0)
  const places = await takeStreamPlaces(
    tx,
    unplaced.map(({ receiptId, streamKey }) => ({ receiptId, streamKey })),
  )
  const late = new Map(
    unplaced.map((document, index) => [document.documentId, places[index]?.orderSeq ?? 1]),
  )
  return documents.map((document) => ({
    ...document,
    orderSeq: late.get(document.documentId) ?? document.orderSeq,
  }))
}

function verdictOf({ receipt, channel, reading }: ReadResult): ReceiptVerdict {
  const statuses = { read: 'read', partly: 'partly-read', unreadable: 'quarantined' } as const
  return {
    receiptId: receipt.receiptId,
    status: statuses[reading.outcome],
    findings: reading.findings.slice(0, 200),
    freesTransportId: channel.mayMendUnderSameId && reading.outcome === 'unreadable',
  }
}

function aboutOurs(linked: Linked, remark: Remark) {
  const about = linked.get(remark)
  if (about === undefined) return {}
  return { transactionId: about.transactionId, documentId: about.documentId }
}

function setAside({ receipt, reading }: ReadResult, linked: Linked): QuarantineDraft[] {
  const errors = reading.findings.filter((finding) => finding.severity === 'error')
  const common = { receiptId: receipt.receiptId, connectionId: receipt.connectionId }
  const remarks = (reading.remarks ?? []).filter((remark) => remark.needsPerson)
  const noticed = remarks.map((remark) => ({
    ...common,
    kind: 'needs-person' as const,
    reason: remark.summary,
    findings: (remark.findings ?? []).slice(0, 200),
    ...aboutOurs(linked, remark),
  }))
  if (reading.outcome === 'read') return noticed
  const [first] = errors
  const reason =
    first === undefined
      ? 'Nothing could be read.'
      : `${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`
  const kind = reading.outcome === 'partly' ? ('partly-readable' as const) : ('unreadable' as const)
  return [...noticed, { ...common, kind, reason, findings: errors.slice(0, 200) }]
}

function conflictOf(receipt: UnreadReceipt): QuarantineDraft {
  return {
    kind: 'conflict',
    receiptId: receipt.receiptId,
    connectionId: receipt.connectionId,
    reason: `It came under the id of receipt ${receipt.conflictsWith} with other content. The first one counts; a person must ask the sender.`,
    findings: [],
  }
}

function eventsOf(
  quarantined: readonly QuarantineDraft[],
  { results, linked }: { results: readonly ReadResult[]; linked: Linked },
): EventDraft[] {
  const remarks = results.flatMap(({ receipt, reading }) =>
    (reading.remarks ?? []).map((remark) => ({
      kind: 'partner.acknowledged',
      actor: `connection:${receipt.connectionId}`,
      summary: remark.summary,
      body: { receiptId: receipt.receiptId, ...aboutOurs(linked, remark) },
    })),
  )
  const asides = quarantined.map((draft) => ({
    kind: 'document.quarantined',
    actor: 'intake',
    summary: `Set aside (${draft.kind}): ${draft.reason}`,
    body: { receiptId: draft.receiptId, connectionId: draft.connectionId, kind: draft.kind },
  }))
  return [...remarks, ...asides]
}

/** Reads receipts: documents get their turn, what cannot be read is set aside, and the standard's answers go out. */
async function readReceipts(
  tx: TenantTx,
  ports: ReadingPorts,
  receiptIds: readonly string[],
): Promise<void> {
  const receipts = await lockUnreadReceipts(tx, receiptIds)
  if (receipts.length === 0) return
  const everything = receipts.map((receipt) => readOne(receipt, ports))
  const results = everything.filter(({ receipt }) => receipt.status === 'accepted')
  const conflicts = receipts.filter((receipt) => receipt.status === 'conflict')
  const held = await heldPlaces(tx, receiptIds)
  const documents = await placeDocuments(tx, results, held)
  const inHand = await keepReadDocuments(tx, documents)
  await recordReceiptVerdicts(tx, [
    ...results.map(verdictOf),
    ...conflicts.map(({ receiptId }) => ({ receiptId, status: 'conflict' as const, findings: [] })),
  ])
  const linked = await noteAnswers(
    tx,
    results.map(({ receipt: { receiptId }, connection, reading: { remarks = [] } }) => ({
      ...{ receiptId, connection, remarks },
    })),
  )
  const asides = [
    ...results.flatMap((result) => setAside(result, linked)),
    ...conflicts.map(conflictOf),
  ]
  await quarantine(tx, asides)
  await appendTenantEvents(tx, eventsOf(asides, { results, linked }), await databaseNow(tx))
  await ports.sendAcknowledgements(tx, acknowledgementsOf(everything))
  const streams = new Set([
    ...held.map((place) => place.streamKey),
    ...documents.map((document) => document.streamKey),
  ])
  await ports.apply(tx, { documentIds: await pendingOfStreams(tx, [...streams]), inHand })
}

function acknowledgementsOf(results: readonly ReadResult[]) {
  return results.flatMap(({ receipt, reading }) =>
    reading.acknowledgements.map((document, place) => ({
      connectionId: receipt.connectionId,
      receiptId: receipt.receiptId,
      place,
      traceParent: receipt.traceParent,
      document,
    })),
  )
}

const attemptsBeforeQuarantine = 3

/** The work of the queue `read-receipt`. A receipt that fails three times by itself is set aside whole. */
export function readReceiptWork(ports: ReadingPorts): BatchWork {
  return {
    queue: 'read-receipt',
    batchSize: 100,
    work: (tx, ids) => readReceipts(tx, ports, ids),
    async onFailure(tx, receiptId, error) {
      const attempts = await countReceiptAttempt(tx, receiptId)
      if (attempts < attemptsBeforeQuarantine) return 'again'
      const name = error instanceof Error ? ` (${error.name})` : ''
      await recordReceiptVerdicts(tx, [{ receiptId, status: 'quarantined', findings: [] }])
      await quarantine(tx, [
        {
          kind: 'poison',
          reason: `Reading it failed ${attempts} times in the same way${name}.`,
          findings: [],
          receiptId,
        },
      ])
      return 'set-aside'
    },
  }
}
