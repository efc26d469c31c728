/** A purchase order number as duplicates are compared: upper case, without blanks, dashes and underscores. */
export function normalisePurchaseOrder(purchaseOrderNumber: string): string {
  return purchaseOrderNumber
    .trim()
    .toUpperCase()
    .replace(/[\s\-_]/g, '')
}
