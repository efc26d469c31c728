import { Agent, request } from 'node:http'
import type { ShopDelivery } from '../house/orders.ts'

const answerTimeoutMs = 30_000

/** A shop that posts webhooks: gives the status of the answer, or why there was none. */
export type Shop = {
  post(delivery: ShopDelivery): Promise<string>
  close(): void
}

/** Opens a shop that sends to these addresses in turn, over kept connections. */
export function openShop(urls: readonly string[], connections: number): Shop {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })
  const addresses = urls.map((url) => new URL(url))
  let turn = 0
  return {
    post({ body, headers }) {
      const address = addresses[turn % addresses.length] ?? new URL('http://127.0.0.1')
      turn += 1
      return new Promise((answered) => {
        const call = request(
          address,
          { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
          (answer) => {
            answer.resume()
            answer.on('end', () => answered(String(answer.statusCode)))
            answer.on('error', (error) => answered(error.message))
          },
        )
        call.setTimeout(answerTimeoutMs, () => call.destroy(new Error('no answer in time')))
        call.on('error', (error) => answered(error.message))
        call.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}
