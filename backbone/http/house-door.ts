import { createHmac, timingSafeEqual } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import { PersonRole } from '../canonical/person.ts'
import { CallerMistake } from '../errors.ts'
import { CredentialDraft } from '../services/credentials.ts'
import type { HouseKeys } from '../services/people/house-keys.ts'
import type { HouseLinks } from '../services/people/house-links.ts'
import type { AppEnv } from './app-env.ts'
import { bodyUpTo } from './body-limits.ts'
import { isFromThisMachine } from './remote-address.ts'

/** Where a command on this machine asks the running house for a sign-in link. */
export const houseLinkPath = '/house/sign-in-link'

/** Where a command on this machine asks the running house for an API key. */
export const houseKeyPath = '/house/key'

const KeyWish = z.strictObject({
  tenantId: z.string().max(120).optional(),
  draft: CredentialDraft,
})

/** What the running house answers its own command with a key. */
export const HouseKeyAnswer = z.object({ token: z.string(), tenantId: z.string() })

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
 * The door for commands such as `quittance sign-in-link` while the house runs, since the built-in database has one
 * owner: open to this machine only, and there to whoever can read the house's secret key.
 */
export function mountHouseDoor(
  app: OpenAPIHono<AppEnv>,
  ports: {
    readonly houseLinks: HouseLinks
    readonly houseKeys: HouseKeys
    readonly signingKey: Uint8Array
  },
  nowMs: () => number,
): void {
  const isOurs = (c: Context<AppEnv>, body: string): boolean => {
    const proof = c.req.header('x-house-proof') ?? ''
    return (
      isFromThisMachine(c.env, (name) => c.req.header(name)) &&
      isProof(ports.signingKey, { proof, body, nowMs: nowMs() })
    )
  }
  const mount = (path: string, answer: (wish: unknown) => Promise<object>) =>
    app.post(path, bodyUpTo(4_000), async (c) => {
      const body = await c.req.text()
      if (!isOurs(c, body))
        throw new CallerMistake(403, 'not-the-house', 'Only a command on this machine asks here.')
      c.header('cache-control', 'no-store')
      return c.json(await answer(JSON.parse(body)))
    })
  mount(houseLinkPath, (wish) => ports.houseLinks.make(Wish.parse(wish)))
  mount(houseKeyPath, (wish) => ports.houseKeys.make(KeyWish.parse(wish)))
}
