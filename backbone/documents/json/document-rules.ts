import type { InboundDocument } from '../../canonical/canonical-document.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import type { JsonFault } from './json-path.ts'

function lineFaults(order: Order): JsonFault[] {
  const seen = new Set<string>()
  return order.lines.flatMap(({ line }, index): JsonFault[] => {
    if (!seen.has(line)) {
      seen.add(line)
      return []
    }
    const message = `Line number ${line} stands twice; a shipment could not say which one it means.`
    return [{ code: 'duplicate-line', message, path: ['lines', index, 'line'], found: line }]
  })
}

function changeFaults(change: OrderChange): JsonFault[] {
  const { purpose, changes, replacement } = change
  if (purpose !== 'cancel' && purpose !== 'change' && purpose !== 'replace')
    return [
      {
        code: 'purpose',
        message: 'A change of an order has the purpose cancel, change or replace.',
        path: ['purpose'],
        found: purpose,
      },
    ]
  if (purpose === 'change' && changes.length === 0)
    return [{ code: 'missing', message: 'The change names no line to change.', path: ['changes'] }]
  if (purpose !== 'replace') return []
  if (replacement === undefined)
    return [
      {
        code: 'missing',
        message: 'The order that takes the old one’s place is not there.',
        path: ['replacement'],
      },
    ]
  return lineFaults(replacement).map((fault) => ({
    ...fault,
    path: ['replacement', ...fault.path],
  }))
}

/** Finds what no schema can: lines that cannot be told apart, changes that change nothing. */
export function documentFaults(document: InboundDocument): JsonFault[] {
  switch (document.docType) {
    case 'order':
      return lineFaults(document)
    case 'order-change':
      return changeFaults(document)
    case 'shipment':
    case 'payment':
    case 'milestone':
      return []
  }
}
