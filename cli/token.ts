import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { HouseKeyAnswer, houseKeyPath } from '../backbone/http/house-door.ts'
import { CredentialDraft } from '../backbone/services/credentials.ts'
import { type HouseKeyWish, houseKeys } from '../backbone/services/people/house-keys.ts'
import { askTheHouse, isHeldByServer } from './ask-the-house.ts'
import { openStore } from './open-store.ts'

async function makeKey(config: Config, wish: HouseKeyWish): Promise<string> {
  const store = await openStore(config).catch((error: unknown) => {
    if (isHeldByServer(error)) return undefined
    throw error
  })
  // The running server owns the built-in database.
  if (store === undefined)
    return (await askTheHouse(config, houseKeyPath, wish, HouseKeyAnswer)).token
  try {
    return (await houseKeys({ database: store.database }).make(wish)).token
  } finally {
    await store.close()
  }
}

/** `quittance token create`: makes an API key; it is shown here and never again. */
export async function runToken(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tenant: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string', default: 'operator' },
      scope: { type: 'string', multiple: true, default: [] },
    },
  })
  if (positionals[0] !== 'create')
    throw new NeedsPerson('Say what to do: quittance token create --tenant ID --name NAME')
  const draft = CredentialDraft.safeParse({
    name: values.name,
    role: values.role,
    scopes: values.scope,
  })
  if (!draft.success)
    throw new NeedsPerson(
      draft.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('; '),
    )
  const token = await makeKey(readConfig(process.env), {
    tenantId: values.tenant,
    draft: draft.data,
  })
  process.stdout.write(`${token}\n`)
  return 0
}
