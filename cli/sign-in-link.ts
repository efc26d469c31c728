import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { HouseLinkAnswer, houseLinkPath } from '../backbone/http/house-door.ts'
import {
  type HouseLink,
  type HouseLinkWish,
  houseLinks,
} from '../backbone/services/people/house-links.ts'
import { askTheHouse, isHeldByServer } from './ask-the-house.ts'
import { openStore } from './open-store.ts'

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

async function makeLink(config: Config, wish: HouseLinkWish) {
  const store = await openStore(config).catch((error: unknown) => {
    if (isHeldByServer(error)) return undefined
    throw error
  })
  if (store === undefined) return askTheHouse(config, houseLinkPath, wish, HouseLinkAnswer)
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
