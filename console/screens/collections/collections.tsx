import { Group, Select, Stack, Tabs, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { KeysHelp, type ScreenKeys } from '../../shared/keys-help.tsx'
import { useKeys } from '../../shared/use-keys.ts'
import { CollectionsFigures } from './collections-figures.tsx'
import { type CollectionsSearch, collectionsSearch, levels } from './collections-search.ts'
import { caseWords } from './collections-words.ts'
import { Debtors } from './debtors.tsx'
import { Worklist } from './worklist.tsx'

const kindChoices = Object.entries(caseWords).map(([value, label]) => ({ value, label }))
const levelChoices = levels.map((value) => ({ value, label: `Level ${value}` }))

const keys: ScreenKeys = [
  ['j k', 'Next, previous customer'],
  ['Enter', 'Opens the account'],
  ['/', 'Finds a customer by name, number or collector'],
]

function Filters({
  filter,
  onNarrow,
}: {
  readonly filter: CollectionsSearch
  readonly onNarrow: (change: Record<string, unknown>) => void
}) {
  const search = useRef<HTMLInputElement>(null)
  const find = useDebouncedCallback((q: string) => onNarrow({ q: q.trim() }), 250)
  useKeys([['/', () => search.current?.focus()]])
  return (
    <Group gap="xs">
      <TextInput
        ref={search}
        size="xs"
        w={240}
        placeholder="Name, number, collector …  ( / )"
        aria-label="Find a customer by name, number or collector"
        defaultValue={filter.q ?? ''}
        onChange={({ currentTarget }) => find(currentTarget.value)}
      />
      {filter.tab === undefined && (
        <>
          <Select
            size="xs"
            w={170}
            placeholder="All there is to do"
            aria-label="What is to be done"
            clearable
            data={kindChoices}
            value={filter.kind ?? null}
            onChange={(kind) => onNarrow({ kind: kind ?? undefined })}
          />
          <Select
            size="xs"
            w={110}
            placeholder="Any level"
            aria-label="Level of the ladder"
            clearable
            data={levelChoices}
            value={filter.level ?? null}
            onChange={(level) => onNarrow({ level: level ?? undefined })}
          />
        </>
      )}
    </Group>
  )
}

/** What customers owe by age, and whom to ask for it next. */
export function Collections() {
  const filter = collectionsSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const narrow = (change: Record<string, unknown>) =>
    void navigate({
      to: '/collections',
      search: collectionsSearch({ ...filter, ...change }),
      replace: true,
    })
  const tab = filter.tab ?? 'worklist'
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h3">
          Collections
        </Title>
        <KeysHelp keys={keys} />
      </Group>
      <CollectionsFigures />
      <Tabs value={tab} onChange={(next) => narrow({ tab: next })}>
        <Tabs.List>
          <Tabs.Tab value="worklist">Worklist</Tabs.Tab>
          <Tabs.Tab value="customers">By customer</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={tab} pt="sm">
          <Stack gap="sm">
            <Filters filter={filter} onNarrow={narrow} />
            {tab === 'worklist' ? <Worklist {...filter} /> : <Debtors {...filter} />}
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
