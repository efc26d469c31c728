import { List, Text } from '@mantine/core'
import type { WorklistLine } from '../../api/collections-queries.ts'
import { Sentence } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'

type Case = WorklistLine['case']

const signs = { for: '+', against: '−', note: '·' } as const

/** Every reason of a case's place in the list, one short line each. */
export function CaseReasons({ evidence }: Pick<Case, 'evidence'>) {
  return (
    <List listStyleType="none" spacing={2} size="xs">
      {evidence.map(({ weighs, text }) => (
        <List.Item key={`${weighs} ${text}`}>
          <Text
            size="xs"
            c={weighs === 'against' ? 'orange' : 'dimmed'}
            style={{ display: 'flex', gap: 6 }}
          >
            <span aria-hidden style={{ width: 10, flexShrink: 0 }}>
              {signs[weighs]}
            </span>
            <span>
              <Sentence text={text} />
            </span>
          </Text>
        </List.Item>
      ))}
    </List>
  )
}

/** What a contact is worth by the rules; the list is in this order. */
export function Worth({
  theCase,
  currency,
}: {
  readonly theCase: Case
  readonly currency: string
}) {
  const { net, priorityMinor, notBefore } = theCase
  return (
    <div style={{ textAlign: 'right', marginInlineStart: 'auto' }}>
      <Text fw={700} className="figures" style={{ whiteSpace: 'nowrap' }}>
        {moneyText(net.netMinor, currency)}
      </Text>
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        a contact is worth {moneyText(priorityMinor, currency)}
      </Text>
      {notBefore !== undefined && (
        <Text size="xs" c="dimmed">
          not before <Moment at={notBefore} />
        </Text>
      )}
    </div>
  )
}
