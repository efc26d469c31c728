import { openReferenceDoor, referencePlace } from './reference-door.ts'
import { erpClient, openReferenceBooks } from './reference-work.ts'

// Reference "sync": insert, call the ERP, mark released, then answer.
const { port, databaseUrl, erpUrl } = referencePlace(process.argv)
const books = openReferenceBooks(databaseUrl)
const toErp = erpClient(erpUrl)

openReferenceDoor({
  port,
  mistakes: books.mistakes,
  async accept(order) {
    await books.insert([order])
    const erpId = await toErp(order)
    await books.markReleased([{ orderNumber: order.order_no, erpId }])
    return { status: 200, says: { order_no: order.order_no, erp_id: erpId } }
  },
})
