import { z } from 'zod'
import type { ConnectionView } from '../backbone/services/connections.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging, yesNo } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { plainText, UntrustedText, untrusted } from './wire/outside-text.ts'
import { asOf, pageAnswer, pageEnd, pageOfWhole } from './wire/page.ts'

const Item = z.object({
  connection_id: z.string(),
  name: z.string(),
  kind: z.string(),
  partner_id: z.string().optional(),
  is_enabled: z.boolean(),
  circuit: z.string().describe('closed, open or half-open; unknown where nothing was sent yet.'),
  consecutive_failures: z.int(),
  opened_at: z.string().optional(),
  last_succeeded_at: z.string().optional(),
  last_failed_at: z.string().optional(),
  untrusted_text: UntrustedText.optional().describe('What the other system said last.'),
})

const isTroubled = ({ isEnabled, health }: ConnectionView) =>
  !isEnabled || (health !== null && (health.circuit !== 'closed' || health.consecutiveFailures > 0))

function itemOf({ health, ...connection }: ConnectionView): z.input<typeof Item> {
  return given({
    connection_id: connection.connectionId,
    name: plainText(connection.name, 120),
    kind: connection.kind,
    partner_id: connection.partnerId,
    is_enabled: connection.isEnabled,
    circuit: health?.circuit ?? 'unknown',
    consecutive_failures: health?.consecutiveFailures ?? 0,
    opened_at: health?.openedAt ?? null,
    last_succeeded_at: health?.lastSucceededAt ?? null,
    last_failed_at: health?.lastFailedAt ?? null,
    untrusted_text: untrusted(health?.lastError, 200) ?? null,
  })
}

/** How the connections to other systems are. */
export const integrationHealth = readTool({
  name: 'integration_health',
  title: 'Health of the connections',
  about:
    'Every connection to a shop, partner, ERP, warehouse or bank: whether it is on, whether its circuit is open, when it last worked and failed.',
  scope: 'ops:read',
  publish: 'mcp',
  keeps: ['connection_id'],
  input: z.strictObject({
    is_troubled: yesNo('Whether something is wrong with it: off, failing or its circuit open.'),
    fields: fieldsOf([
      'name',
      'kind',
      'partner_id',
      'is_enabled',
      'circuit',
      'consecutive_failures',
      'opened_at',
      'last_succeeded_at',
      'last_failed_at',
      'untrusted_text',
    ]),
    ...paging(25),
  }),
  output: z.object({
    ...asOf,
    connections: z.int(),
    troubled: z.int(),
    items: z.array(Item),
    ...pageEnd,
  }),
  run: async ({ connections, now }, { tenantId }, input) => {
    const all = await connections.list({ tenantId })
    const wanted = all.filter(
      (connection) =>
        input.is_troubled === undefined || isTroubled(connection) === input.is_troubled,
    )
    const page = pageOfWhole(wanted, ({ connectionId }) => connectionId, input)
    return {
      ...pageAnswer(now(), page, itemOf),
      connections: all.length,
      troubled: all.filter(isTroubled).length,
    }
  },
})
