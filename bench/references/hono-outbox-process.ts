import { openReferenceDoor, referencePlace } from './reference-door.ts'
import { referenceOutbox } from './reference-outbox.ts'
import { erpClient, openReferenceBooks } from './reference-work.ts'

// Reference "outbox": answer after the commit of the one order, deliver in the background, go on at a start.
const { port, databaseUrl, erpUrl } = referencePlace(process.argv)
const books = openReferenceBooks(databaseUrl)
const outbox = referenceOutbox({ books, toErp: erpClient(erpUrl) })
for (const order of await books.waiting()) outbox.deliver(order)

openReferenceDoor({
  port,
  mistakes: books.mistakes,
  async accept(order) {
    const fresh = await books.insert([order])
    if (fresh.has(order.order_no)) outbox.deliver(order)
    return { status: 202, says: { order_no: order.order_no, status: 'accepted' } }
  },
})
