import type { ReceiptView } from '../canonical/views/receipt-view.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { getRawDocument, getReceipt, getRenderedDocument } from '../store/reading/receipts.ts'

/** The bytes of a document and how they may be shown: never as anything a browser would run. */
type DocumentBytes = {
  readonly content: Uint8Array
  readonly contentType: 'text/plain; charset=utf-8' | 'application/octet-stream'
}

/** What arrived at the inbound door. */
export type ReceiptsService = {
  get(tenantId: string, receiptId: string): Promise<ReceiptView | undefined>
  /** The exact bytes of a receipt, of a document that came in, or of one that went out. */
  bytes(tenantId: string, receiptOrDocumentId: string): Promise<DocumentBytes | undefined>
}

function isText(content: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(content).includes('\0')
  } catch {
    return false
  }
}

async function bytesOf(tx: TenantTx, id: string): Promise<Uint8Array | undefined> {
  const raw = await getRawDocument(tx, id)
  if (raw !== undefined) return raw
  const sent = await getRenderedDocument(tx, id)
  return sent === undefined ? undefined : Buffer.from(sent)
}

/** Reads receipts and raw documents from the store. */
export function receiptsService({ database }: { readonly database: Database }): ReceiptsService {
  return {
    get: (tenantId, receiptId) => database.inTenant(tenantId, (tx) => getReceipt(tx, receiptId)),
    async bytes(tenantId, id) {
      const content = await database.inTenant(tenantId, (tx) => bytesOf(tx, id))
      if (content === undefined) return undefined
      const contentType = isText(content) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
      return { content, contentType }
    },
  }
}
