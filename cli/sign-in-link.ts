import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Config, readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { HouseLinkAnswer, houseLinkPath, houseProof } from '../backbone/http/house-door.ts'
import {
  type HouseLink,
  type HouseLinkWish,
  houseLinks,
} from '../backbone/services/people/house-links.ts'
import { loadSecretKey } from '../backbone/store/secrets/load-secret-key.ts'
import { openStore } from './open-store.ts'
import { signingKeyOf } from './signing-key.ts'

/** The lines that show a link at a terminal, and nowhere else. */
export function shownLink(
  { token, expiresAt, name, role }: Pick<HouseLink, 'token' | 'expiresAt' | 'name' | 'role'>,
  serverUrl: string,
  nowMs: number,
): string {
  const minutes = Math.round((Date.parse(expiresAt) - nowMs) / 60_000)
  return `Sign in as ${name} (${role}), once, within ${minutes} minutes:\n  ${serverUrl}/sign-in#${token}\n`
}

function addressOf({ publicUrl, host, port }: Config): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const Problem = z.object({ detail: z.string() })

/** Asks the running server, which owns the built-in database. */
async function askTheHouse(
  config: Config,
  wish: HouseLinkWish,
): Promise<z.infer<typeof HouseLinkAnswer>> {
  const secretKey = await loadSecretKey({
    envValue: config.secretKey,
    file: join(resolve(config.dataFolder), 'secret.key'),
  })
  const body = JSON.stringify(wish)
  const { host, port } = config
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const answer = await fetch(`${address}${houseLinkPath}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-house-proof': houseProof(signingKeyOf(secretKey), body, Date.now()),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new NeedsPerson(
      `The running server does not answer at ${address}. Set QUITTANCE_HOST and QUITTANCE_PORT as it was started with.`,
      {},
      { cause: error },
    )
  })
  const told: unknown = await answer.json()
  if (answer.ok) return HouseLinkAnswer.parse(told)
  throw new NeedsPerson(Problem.parse(told).detail)
}

function isHeldByServer(error: unknown): boolean {
  return error instanceof NeedsPerson && typeof error.facts['owner'] === 'number'
}

async function makeLink(config: Config, wish: HouseLinkWish) {
  const store = await openStore(config).catch((error: unknown) => {
    if (isHeldByServer(error)) return undefined
    throw error
  })
  if (store === undefined) return askTheHouse(config, wish)
  try {
    return await houseLinks({ database: store.database }).make(wish)
  } finally {
    await store.close()
  }
}

/** `quittance sign-in-link`: a link that signs one person in once; shown at a terminal, so that it lands in no log. */
export async function runSignInLink(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { user: { type: 'string' }, tenant: { type: 'string' } },
  })
  if (!process.stdout.isTTY)
    throw new NeedsPerson(
      'A sign-in link is shown at a terminal only, so that it is kept in no file and no log; run this where you read it.',
    )
  const config = readConfig(process.env)
  const link = await makeLink(config, { email: values.user, tenantId: values.tenant })
  process.stdout.write(shownLink(link, addressOf(config), Date.now()))
  return 0
}
