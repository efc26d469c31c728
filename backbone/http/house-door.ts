import { createHmac, timingSafeEqual } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { PersonRole } from '../canonical/person.ts'
import { CallerMistake } from '../errors.ts'
import type { HouseLinks } from '../services/people/house-links.ts'
import type { AppEnv } from './app-env.ts'
import { bodyUpTo } from './body-limits.ts'
import { isFromThisMachine } from './remote-address.ts'

/** Where a command on this machine asks the running house for a sign-in link. */
export const houseLinkPath = '/house/sign-in-link'

const Wish = z
  .object({ tenantId: z.string().max(120).optional(), email: z.string().max(254).optional() })
  .strict()

/** What the running house answers its own command. */
export const HouseLinkAnswer = z.object({
  token: z.string(),
  expiresAt: z.string(),
  name: z.string(),
  email: z.string(),
  role: PersonRole,
})

const proofLifeMs = 60_000

/** Proves that a command holds the secret key of the house, for this body and this minute. */
export function houseProof(signingKey: Uint8Array, body: string, nowMs: number): string {
  const mark = createHmac('sha256', signingKey).update(`house door\n${nowMs}\n${body}`)
  return `${nowMs}.${mark.digest('hex')}`
}

function isProof(
  signingKey: Uint8Array,
  { proof, body, nowMs }: { readonly proof: string; readonly body: string; readonly nowMs: number },
): boolean {
  const madeAtMs = Number(proof.split('.')[0])
  if (!Number.isSafeInteger(madeAtMs) || Math.abs(nowMs - madeAtMs) > proofLifeMs) return false
  const [sent, expected] = [proof, houseProof(signingKey, body, madeAtMs)].map((text) =>
    Buffer.from(text),
  )
  return (
    sent !== undefined &&
    expected !== undefined &&
    sent.length === expected.length &&
    timingSafeEqual(sent, expected)
  )
}

/**
 * The door for `quittance sign-in-link` while the house runs, since the built-in database has one owner: open to this
 * machine only, and there to whoever can read the house's secret key.
 */
export function mountHouseDoor(
  app: OpenAPIHono<AppEnv>,
  ports: { readonly houseLinks: HouseLinks; readonly signingKey: Uint8Array },
  nowMs: () => number,
): void {
  app.post(houseLinkPath, bodyUpTo(2_000), async (c) => {
    const body = await c.req.text()
    const proof = c.req.header('x-house-proof') ?? ''
    const isOurs =
      isFromThisMachine(c.env, (name) => c.req.header(name)) &&
      isProof(ports.signingKey, { proof, body, nowMs: nowMs() })
    if (!isOurs)
      throw new CallerMistake(403, 'not-the-house', 'Only a command on this machine asks here.')
    const link = await ports.houseLinks.make(Wish.parse(JSON.parse(body)))
    c.header('cache-control', 'no-store')
    return c.json(link)
  })
}
