import { NeedsPerson } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { listTenantIds } from '../../store/unscoped/tenants.ts'
import { type CredentialDraft, credentialsService } from '../credentials.ts'

/** What whoever sits at the machine itself asks: a key, and of which tenant where there are several. */
export type HouseKeyWish = {
  readonly tenantId?: string | undefined
  readonly draft: CredentialDraft
}

/** API keys made on the machine itself, whose owner may let anybody in. */
export type HouseKeys = {
  make(wish: HouseKeyWish): Promise<{ readonly tenantId: string; readonly token: string }>
}

/** Opens keys made at the machine. */
export function houseKeys({ database }: { readonly database: Database }): HouseKeys {
  const credentials = credentialsService({ database })
  return {
    async make({ tenantId: wanted, draft }) {
      const tenants = await listTenantIds(database)
      const tenantId = wanted ?? (tenants.length === 1 ? tenants[0] : undefined)
      if (tenantId === undefined || !tenants.includes(tenantId))
        throw new NeedsPerson(
          `Say for which tenant with --tenant: ${tenants.join(', ') || 'there is none yet'}.`,
        )
      const { token } = await credentials.create({ tenantId, actor: 'command line' }, draft)
      return { tenantId, token }
    },
  }
}
