import type { z } from 'zod'
import { CallerMistake } from '../errors.ts'
import { NotifySettings } from '../policies/notify.ts'
import type { OpenedConnection } from '../store/connections/connection-record.ts'
import type { ConnectionContent } from '../store/connections/connection-rows.ts'
import { inboundSettings } from '../store/connections/inbound-settings.ts'

/** What a connector gives the connections service: it knows its settings and has a test button. */
export type ConnectionKind = {
  readonly kind: string
  checkSettings(settings: Readonly<Record<string, unknown>>): readonly string[]
  test(
    connection: OpenedConnection,
    signal: AbortSignal,
  ): Promise<{ readonly isReachable: boolean; readonly detail: string }>
}

const secretName = /(passw(or)?d|passphrase|secret|token|api_?key|private_?key|credentials?)$/i
const addressWithSecret = /:\/\/[^/\s@]*:[^/\s@]+@/

// Settings are shown and recorded; whatever opens a door belongs among the sealed secrets.
function secretsInSettings(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return secretsInSettings({ ...value })
    const isSecret =
      typeof value === 'string' && (secretName.test(name) || addressWithSecret.test(value))
    return isSecret ? [`${name}: a secret is not a setting; put it in as the secret`] : []
  })
}

// What we ourselves read of a connection's settings, by its kind; its connector reads the rest.
const ourSettings = new Map<string, z.ZodType>([
  ...Object.entries(inboundSettings),
  ['mail', NotifySettings],
  ['webhook', NotifySettings],
])

function settingsMistakes(
  connectors: readonly ConnectionKind[],
  draft: Pick<ConnectionContent, 'kind' | 'settings'>,
): readonly string[] {
  const ours = ourSettings.get(draft.kind)
  const connector = connectors.find(({ kind }) => kind === draft.kind)
  if (connector === undefined && !Object.hasOwn(inboundSettings, draft.kind)) {
    const known = new Set([...Object.keys(inboundSettings), ...connectors.map(({ kind }) => kind)])
    return [`kind: one of ${[...known].sort().join(', ')}`]
  }
  const checked = ours?.safeParse(draft.settings)
  const ourMistakes = (checked?.error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  )
  // A connection that only receives needs none of what its connector calls.
  const isInboundOnly = checked?.success === true && draft.settings['receivesOnly'] === true
  const outboundMistakes = isInboundOnly ? [] : (connector?.checkSettings(draft.settings) ?? [])
  return [...new Set([...ourMistakes, ...outboundMistakes])].concat(
    secretsInSettings(draft.settings),
  )
}

/** Refuses settings that do not fit their kind, field by field, and secrets among them. */
export function refuseMistakes(
  connectors: readonly ConnectionKind[],
  draft: Pick<ConnectionContent, 'kind' | 'settings'>,
): void {
  const mistakes = settingsMistakes(connectors, draft)
  if (mistakes.length === 0) return
  throw new CallerMistake(
    422,
    'connection-settings',
    `The settings of this ${draft.kind} connection do not fit.`,
    { kind: draft.kind },
    mistakes.map((mistake) => {
      const [path = '', ...rest] = mistake.split(': ')
      return rest.length === 0
        ? { path: 'settings', message: mistake }
        : { path: path === 'kind' ? 'kind' : `settings.${path}`, message: rest.join(': ') }
    }),
  )
}
