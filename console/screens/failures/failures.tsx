import { Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { clustersQuery } from '../../api/failures-queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { ClustersList } from './clusters-list.tsx'
import { FailedCalls } from './failed-calls.tsx'
import { failuresSearch, failureTabs } from './failures-search.ts'
import { QuarantineList } from './quarantine-list.tsx'

/** What all causes together hold up; an order may be held up by two of them. */
function Sum() {
  const { data } = useQuery(clustersQuery)
  if (data === undefined || data.items.length === 0) return null
  const sums = new Map<string, number>()
  for (const { blastRadius } of data.items)
    for (const { currency, amountMinor } of blastRadius.blocked)
      sums.set(currency, (sums.get(currency) ?? 0) + amountMinor)
  const causes = data.items.length === 1 ? '1 cause' : `${data.items.length} causes`
  return (
    <Text size="sm" c="dimmed" className="figures">
      {[causes, ...[...sums].map(([currency, minor]) => moneyText(minor, currency))].join(' · ')}
    </Text>
  )
}

const panels = {
  causes: ClustersList,
  calls: FailedCalls,
  quarantine: QuarantineList,
}

/** What failed: by cause, then call by call, then what could not be read. */
export function Failures() {
  const { tab = 'causes' } = failuresSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const Panel = panels[tab]
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h3">
          Exceptions
        </Title>
        <Group gap="md">
          <Sum />
          <Text size="xs" c="dimmed" visibleFrom="md">
            j k move · Enter opens
          </Text>
        </Group>
      </Group>
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/failures', search: failuresSearch({ tab: next }), replace: true })
        }
      >
        <Tabs.List>
          {failureTabs.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="sm">
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
