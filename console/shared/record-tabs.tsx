import { Tabs } from '@mantine/core'
import { type ReactNode, useState } from 'react'

/**
 * What belongs to a record, a tab for each kind; the first is open. One is read when it is first opened, and stays then:
 * with it what somebody is typing there.
 */
export function RecordTabs({
  tabs,
}: {
  readonly tabs: readonly (readonly [value: string, label: string, panel: ReactNode])[]
}) {
  const first = tabs[0]?.[0] ?? null
  const [open, setOpen] = useState(first)
  const [opened, setOpened] = useState<ReadonlySet<string | null>>(new Set([first]))
  const show = (value: string | null) => {
    setOpen(value)
    setOpened(new Set([...opened, value]))
  }
  return (
    // Hidden, not paused: what is typed in a hidden tab still asks before the page is left.
    <Tabs value={open} onChange={show} keepMountedMode="display-none">
      <Tabs.List>
        {tabs.map(([value, label]) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(([value, , panel]) => (
        <Tabs.Panel key={value} value={value} pt="sm">
          {opened.has(value) && panel}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
