import { parseArgs } from 'node:util'
import { readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { CredentialDraft, credentialsService } from '../backbone/services/credentials.ts'
import { listTenantIds } from '../backbone/store/unscoped/tenants.ts'
import { openStore } from './open-store.ts'

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
  const store = await openStore(readConfig(process.env))
  try {
    const tenants = await listTenantIds(store.database)
    const tenantId = values.tenant ?? (tenants.length === 1 ? tenants[0] : undefined)
    if (tenantId === undefined || !tenants.includes(tenantId))
      throw new NeedsPerson(
        `Say for which tenant with --tenant: ${tenants.join(', ') || 'there is none yet'}.`,
      )
    const { token } = await credentialsService(store).create(
      { tenantId, actor: 'command line' },
      draft.data,
    )
    process.stdout.write(`${token}\n`)
    return 0
  } finally {
    await store.close()
  }
}
