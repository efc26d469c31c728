import { sandboxClient } from '../backbone/connectors/sandbox/client.ts'
import { restock } from '../backbone/store/master-data/restock.ts'
import { sendDocument } from './demo/send-document.ts'
import { type TrickleOrder, trickleOrders } from './demo/trickle-order.ts'
import { type DemoSecrets, demoTenantId } from './demo-world.ts'
import type { House } from './house.ts'
import type { SandboxProcess } from './sandbox-process.ts'

/** Demo orders that keep coming until it is stopped. */
type Trickle = { stop(): Promise<void> }

// Every ten minutes at an order every five seconds.
const turnsBetweenDeliveries = 120

/**
 * Sends one believable order through the HTTP door every few seconds; the warehouses are
 * filled again from time to time; a failure is logged and the next order comes.
 */
export function startTrickle(options: {
  house: Pick<House, 'log' | 'database'>
  secrets: DemoSecrets
  sandbox: Pick<SandboxProcess, 'url'>
  serverUrl: string
  everyMs: number
  now?: () => Date
}): Trickle {
  const { house, secrets, serverUrl, everyMs, now = () => new Date() } = options
  const sandbox = sandboxClient(options.sandbox.url)
  const nextOrder = trickleOrders(now().toISOString().slice(0, 10))
  let turn = 0
  let last: TrickleOrder | undefined

  async function sendNext(): Promise<void> {
    // A partner who got no answer sends the same bytes again.
    const isRepeat = turn % 24 === 17 && last !== undefined
    const order = isRepeat && last !== undefined ? last : nextOrder(turn, now())
    if (turn % turnsBetweenDeliveries === 0) await house.database.inTenant(demoTenantId, restock)
    turn += 1
    last = order
    // A shop knows its order before it tells us.
    if (order.channel === 'shopify' && !isRepeat) await sandbox.placeShopOrder(order.text)
    const { channel, connectionId, topic, webhookId, purchaseOrderNumber, text } = order
    const { status, receiptId } = await sendDocument(serverUrl, {
      ...{ channel, connectionId, topic, webhookId },
      body: new TextEncoder().encode(text),
      secret: secrets.get(connectionId) ?? '',
    })
    if (status >= 300)
      house.log.warn(
        { connectionId, purchaseOrderNumber, status, receiptId },
        'A demo order was not taken.',
      )
  }

  let timer: NodeJS.Timeout | undefined
  let isStopping = false
  const send = () =>
    sendNext()
      .catch((error: unknown) =>
        house.log.warn({ err: error }, 'A demo order could not be sent; the next one comes.'),
      )
      .finally(() => {
        if (isStopping) return
        timer = setTimeout(() => {
          running = send()
        }, everyMs)
      })
  let running = send()
  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
