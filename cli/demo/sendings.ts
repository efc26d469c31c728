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
  /** Told of every sending as soon as the door has answered. */
  onSent(sent: Sent): void
}

const ShopVersion = z.object({ name: z.string(), updated_at: z.string() })

function shopVersionIn(text: string): z.infer<typeof ShopVersion> | undefined {
  try {
    return ShopVersion.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Keeps the sandbox shop's books as the real shop's would be: what it sent last of each order, cut-off bodies aside. */
function shopBooks(sandbox: SandboxClient) {
  const versions = new Map<string, string>()
  return async ({ sending, body, answer }: Sent): Promise<void> => {
    const text = new TextDecoder().decode(body)
    const version = sending.channel === 'shopify' ? shopVersionIn(text) : undefined
    if (version === undefined || answer.word !== 'accepted') return
    if (version.updated_at <= (versions.get(version.name) ?? '')) return
    versions.set(version.name, version.updated_at)
    await sandbox.placeShopOrder(text)
  }
}

async function sendOne(
  place: number,
  sending: Sending,
  senders: Pick<Senders, 'serverUrl' | 'secrets'>,
): Promise<Sent> {
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
  return { place, sending, body, answer }
}

/** Sends everything: each sender its documents in order, the senders side by side. */
export async function sendAll(sendings: readonly Sending[], senders: Senders): Promise<Sent[]> {
  const placed = sendings.map((sending, index) => ({ place: index + 1, sending }))
  const bySender = [...groupBy(placed, ({ sending }) => sending.connection).values()]
  const keepShopBooks = shopBooks(senders.sandbox)
  const lanes = bySender.map(async (lane) => {
    const sent: Sent[] = []
    for (const { place, sending } of lane) {
      const one = await sendOne(place, sending, senders)
      await keepShopBooks(one)
      senders.onSent(one)
      sent.push(one)
      await wait(pauseMs)
    }
    return sent
  })
  return (await Promise.all(lanes)).flat().sort((a, b) => a.place - b.place)
}
