import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { groupBy } from '../../backbone/canonical/group-by.ts'
import type { SandboxClient } from '../../backbone/connectors/sandbox/client.ts'
import { packageRoot } from '../../backbone/store/package-root.ts'
import type { DemoSecrets } from '../demo-world.ts'
import { type DoorWord, sendDocument } from './send-document.ts'

/** One sending of the demo as `fixtures/demo.json` lists it; `becomes` is what should become of it. */
export const Sending = z.object({
  file: z.string(),
  channel: z.enum(['x12', 'shopify', 'json']),
  connection: z.string(),
  topic: z.string().optional(),
  webhookId: z.string().optional(),
  signature: z.literal('wrong').optional(),
  answer: z.string(),
  becomes: z.string(),
  about: z.string(),
})
export type Sending = z.infer<typeof Sending>

/** A sending with its place in the list, its bytes, and what the door said. */
export type Sent = {
  readonly place: number
  readonly sending: Sending
  readonly body: Uint8Array
  readonly answer: DoorWord
}

const folder = () => join(packageRoot(), 'fixtures')

/** Reads the list of the demo's sendings. */
export async function readSendings(): Promise<readonly Sending[]> {
  return z.array(Sending).parse(JSON.parse(await readFile(join(folder(), 'demo.json'), 'utf8')))
}

// Whoever signs with this is not the shop.
const strangersSecret = 'not-the-secret-of-this-shop'

// Between two documents of one sender; several senders send at once.
const pauseMs = 120

type Senders = {
  readonly serverUrl: string
  readonly secrets: DemoSecrets
  readonly sandbox: SandboxClient
  onSent(sent: Sent): void
}

function isWhole(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(body))
    return true
  } catch {
    return false
  }
}

// The sandbox shop fulfils what it knows: only what the real shop would have on its books.
async function placeInShop({ sending, body, answer }: Sent, sandbox: SandboxClient): Promise<void> {
  const isNewsOfShop = sending.channel === 'shopify' && answer.word === 'accepted'
  if (isNewsOfShop && isWhole(body)) await sandbox.placeShopOrder(new TextDecoder().decode(body))
}

async function sendOne(place: number, sending: Sending, senders: Senders): Promise<Sent> {
  const body = new Uint8Array(await readFile(join(folder(), sending.file)))
  const answer = await sendDocument(senders.serverUrl, {
    channel: sending.channel,
    connectionId: sending.connection,
    body,
    secret:
      sending.signature === 'wrong'
        ? strangersSecret
        : (senders.secrets.get(sending.connection) ?? ''),
    topic: sending.topic,
    webhookId: sending.webhookId,
  })
  const sent = { place, sending, body, answer }
  await placeInShop(sent, senders.sandbox)
  senders.onSent(sent)
  return sent
}

/** Sends everything: each sender its documents in order, the senders side by side. */
export async function sendAll(sendings: readonly Sending[], senders: Senders): Promise<Sent[]> {
  const placed = sendings.map((sending, index) => ({ place: index + 1, sending }))
  const bySender = [...groupBy(placed, ({ sending }) => sending.connection).values()]
  const lanes = bySender.map(async (lane) => {
    const sent: Sent[] = []
    for (const { place, sending } of lane) {
      sent.push(await sendOne(place, sending, senders))
      await wait(pauseMs)
    }
    return sent
  })
  return (await Promise.all(lanes)).flat().sort((a, b) => a.place - b.place)
}
