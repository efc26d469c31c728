import { newId } from '../../canonical/ids.ts'
import type { ApprovalDelegation } from '../../canonical/proposal.ts'
import { CallerMistake, OurBug } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  endDelegation,
  findPerson,
  insertDelegation,
  listDelegations,
} from '../../store/proposals/delegations.ts'
import type { Decider } from './ports.ts'

type Whose = { readonly tenantId: string; readonly by: Decider }

/** Who decides in whose place while they are away. */
export type DeputiesService = {
  /** Those a person gave or was given; of everybody for who may see people. */
  list(question: {
    readonly tenantId: string
    readonly userId?: string
  }): Promise<ApprovalDelegation[]>
  /** A person names somebody who decides in their place for a time, at most ninety days. */
  name(
    act: Whose & {
      readonly toUserId: string
      readonly validFrom?: string
      readonly validUntil: string
      readonly reason: string
    },
  ): Promise<ApprovalDelegation>
  /** Ends it before its time; undefined when there is no such delegation of this person's. */
  end(act: Whose & { readonly delegationId: string }): Promise<ApprovalDelegation | undefined>
}

const longestMs = 90 * 86_400_000

function assertPeriod(from: string, until: string, now: string): void {
  const isBackwards = Date.parse(until) <= Math.max(Date.parse(from), Date.parse(now))
  const isLong = Date.parse(until) - Date.parse(from) > longestMs
  if (isBackwards || isLong)
    throw new CallerMistake(
      422,
      'bad-period',
      isLong
        ? 'Somebody stands in for ninety days at most.'
        : 'It would end before it begins, or has ended already.',
      { from, until },
    )
}

/** Opens the service of deputies. */
export function deputiesService({ database }: { readonly database: Database }): DeputiesService {
  return {
    list: ({ tenantId, userId }) =>
      database.inTenant(tenantId, (tx) => listDelegations(tx, userId)),
    name: ({ tenantId, by, toUserId, validFrom, validUntil, reason }) =>
      database.inTenant(tenantId, async (tx) => {
        const now = await databaseNow(tx)
        const from = validFrom ?? now
        assertPeriod(from, validUntil, now)
        const deputy = await findPerson(tx, toUserId)
        if (deputy === undefined || deputy.userId === by.userId)
          throw new CallerMistake(
            422,
            'unknown-deputy',
            deputy === undefined
              ? 'There is no such person here.'
              : 'Nobody stands in for themselves.',
          )
        const made = await insertDelegation(tx, {
          ...{ delegationId: newId('dlg'), toUserId, toName: deputy.name, reason },
          ...{ fromUserId: by.userId, fromName: by.name, fromRole: by.role },
          ...{ validFrom: from, validUntil },
        })
        if (made === undefined) throw new OurBug('A delegation was not written.')
        const event = {
          kind: 'approval.delegated',
          actor: `person:${by.name}`,
          summary: `${deputy.name} decides for ${by.name} until ${made.validUntil}: ${reason}`,
          body: { delegationId: made.delegationId },
        }
        await appendTenantEvents(tx, [event], now)
        return made
      }),
    end: ({ tenantId, by, delegationId }) =>
      database.inTenant(tenantId, async (tx) => {
        const ended = await endDelegation(tx, { delegationId, fromUserId: by.userId })
        if (ended === undefined) return undefined
        const event = {
          kind: 'approval.delegation-ended',
          actor: `person:${by.name}`,
          summary: `${ended.toName} decides for ${ended.fromName} no longer.`,
          body: { delegationId },
        }
        await appendTenantEvents(tx, [event], await databaseNow(tx))
        return ended
      }),
  }
}
