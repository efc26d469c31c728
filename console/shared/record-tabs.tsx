import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'

/** What belongs to a record, a tab for each kind; the first is open, and only the open one is read. */
export function RecordTabs({
  tabs,
}: {
  readonly tabs: readonly (readonly [value: string, label: string, panel: ReactNode])[]
}) {
  return (
    <Tabs defaultValue={tabs[0]?.[0] ?? null} keepMounted={false}>
      <Tabs.List>
        {tabs.map(([value, label]) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(([value, , panel]) => (
        <Tabs.Panel key={value} value={value} pt="sm">
          {panel}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
