import type { DisputeRoute } from '../../canonical/collections.ts'

/** A reason for contesting an invoice: X12 element 426, in words, with the desk that looks into it. */
export type DisputeCode = {
  readonly code: string
  readonly name: string
  readonly route: DisputeRoute
}

/** The codes of X12 element 426 (adjustment reason) that customers of a distributor give. */
export const disputeCodes: readonly DisputeCode[] = [
  { code: '01', name: 'Pricing error', route: 'pricing' },
  { code: '02', name: 'Allowance or charge error', route: 'pricing' },
  { code: '03', name: 'Extension error', route: 'billing' },
  { code: '04', name: 'Item damaged', route: 'logistics' },
  { code: '05', name: 'Item quality not acceptable', route: 'quality' },
  { code: '06', name: 'Quantity contested', route: 'logistics' },
  { code: '07', name: 'Incorrect product', route: 'logistics' },
  { code: '08', name: 'Substitute product', route: 'sales' },
  { code: '09', name: 'Terms of sale error', route: 'sales' },
  { code: '19', name: 'Duplicate billing', route: 'billing' },
  { code: '24', name: 'Incorrect discount', route: 'pricing' },
  { code: '30', name: 'Delivery charge not correct', route: 'logistics' },
  { code: '44', name: 'Required documents missing', route: 'billing' },
  { code: '55', name: 'Tax deducted', route: 'tax' },
  { code: '57', name: 'Volume discount taken', route: 'pricing' },
  { code: '59', name: 'Item not received', route: 'logistics' },
]

const byCode = new Map(disputeCodes.map((known) => [known.code, known]))

/** The code as the standard writes it, with its desk; nothing for a code we do not know. */
export function disputeCode(code: string): DisputeCode | undefined {
  return byCode.get(code.trim().padStart(2, '0'))
}
