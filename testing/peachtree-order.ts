const skus = ['FAS-1001', 'FAS-1002', 'FAS-1003', 'BRG-1001', 'VLV-1001', 'MTR-1001']

/** An order of one to three lines of the seeded distributor's customer C-10005, as JSON: the same for the same number. */
export function peachtreeOrder(number: number, purchaseOrderNumber: string): string {
  const line = (position: number) => ({
    line: String(position),
    item: { identifiers: [{ scheme: 'sku', value: skus[(number + position) % skus.length] }] },
    quantity: { value: '1', uom: 'EA' },
  })
  return JSON.stringify({
    docType: 'order',
    currency: 'USD',
    purchaseOrderNumber,
    parties: [
      { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-10005' }] },
      {
        role: 'ship-to',
        name: 'Peachtree Conveyor Systems',
        address: {
          street: ['2250 Marietta Blvd NW'],
          city: 'Atlanta',
          region: 'GA',
          postalCode: '30318',
          country: 'US',
        },
      },
    ],
    lines: Array.from({ length: 1 + (number % 3) }, (_, index) => line(index + 1)),
  })
}
