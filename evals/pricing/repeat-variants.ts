import type { Desk } from './clean-lines.ts'
import type { CustomerGroup } from './customer-world.ts'
import type { OrderDocument } from './order-document.ts'
import type { OrderFault } from './truth.ts'

/** A way an order can come that was there before. */
export type RepeatVariant = {
  readonly name: string
  readonly kind: 'DUPLICATE_PO' | 'clean'
  readonly groups: readonly CustomerGroup[]
  make(
    desk: Desk,
    document: OrderDocument,
  ): {
    /** What was received before, where it is not the order as it is. */
    readonly before?: OrderDocument
    readonly again: OrderDocument
    readonly fault?: OrderFault
  }
}

const duplicate = (mayGoOn: boolean | null): OrderFault => ({
  kind: 'DUPLICATE_PO',
  deltaMinor: null,
  mayGoOn,
})

const groups: readonly CustomerGroup[] = ['list', 'gold', 'silver', 'contract']

const withoutLastLine = (document: OrderDocument): OrderDocument => ({
  ...document,
  lines: document.lines.slice(0, -1),
})

const withNumber = (document: OrderDocument, purchaseOrderNumber: string): OrderDocument => ({
  ...document,
  purchaseOrderNumber,
})

/** Orders that came before in one way or another, and orders that only look so. */
export const repeatVariants: readonly RepeatVariant[] = [
  {
    name: 'the same order again',
    kind: 'DUPLICATE_PO',
    groups,
    make: (_desk, document) => ({ again: document, fault: duplicate(false) }),
  },
  {
    name: 'the same order, its lines in another order and its number in small letters',
    kind: 'DUPLICATE_PO',
    groups,
    make: (_desk, document) => ({
      again: {
        ...withNumber(document, ` ${document.purchaseOrderNumber.toLowerCase()} `.trim()),
        lines: [...document.lines].reverse(),
      },
      fault: duplicate(false),
    }),
  },
  {
    name: 'the same number with other content',
    kind: 'DUPLICATE_PO',
    groups: ['list', 'silver'],
    make: (_desk, document) => ({ again: withoutLastLine(document), fault: duplicate(false) }),
  },
  {
    name: 'the number with other punctuation',
    kind: 'DUPLICATE_PO',
    groups,
    make: (_desk, document) => ({
      again: withNumber(document, document.purchaseOrderNumber.replaceAll('-', '_')),
      fault: duplicate(null),
    }),
  },
  {
    name: 'the same basket under another number',
    kind: 'DUPLICATE_PO',
    groups,
    make: (_desk, document) => ({
      again: withNumber(document, `${document.purchaseOrderNumber}-NEW`),
      fault: duplicate(true),
    }),
  },
  {
    name: 'another release of a blanket order',
    kind: 'clean',
    groups,
    make: (_desk, document) => ({
      before: { ...document, releaseNumber: '1' },
      again: { ...document, releaseNumber: '2' },
    }),
  },
]
