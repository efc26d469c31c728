import { Badge, CloseButton, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { clustersQuery } from '../../api/failures-queries.ts'
import { useKeys } from '../../shared/use-keys.ts'
import type { FailuresSearch } from './failures-search.ts'

type Narrowing = Omit<FailuresSearch, 'tab'>

/** What the failed calls can be narrowed to: where they went, and what was asked there. */
function useChoices({ connection, operation }: Narrowing) {
  const { data } = useQuery(clustersQuery)
  const all = data?.items.map(({ blastRadius }) => blastRadius) ?? []
  const choices = (values: readonly string[], chosen: string | undefined) =>
    [...new Set([...values, ...(chosen === undefined ? [] : [chosen])])].toSorted()
  return {
    connections: choices(
      all.flatMap(({ connections }) => connections),
      connection,
    ),
    operations: choices(
      all.flatMap(({ operations }) => operations),
      operation,
    ).map((value) => ({ value, label: value.replaceAll(/[-_.]/g, ' ') })),
  }
}

/** What the single calls are narrowed to; the address keeps it. */
export function CallsFilterBar({
  filter,
  narrow,
}: {
  readonly filter: Narrowing
  readonly narrow: (change: Narrowing) => void
}) {
  const { q, text, connection, operation, cluster } = filter
  const { connections, operations } = useChoices(filter)
  const number = useRef<HTMLInputElement>(null)
  const find = useDebouncedCallback((value: string) => narrow({ q: value.trim() }), 250)
  const findWords = useDebouncedCallback((value: string) => narrow({ text: value.trim() }), 250)
  useKeys([['/', () => number.current?.focus()]])
  return (
    <Group gap="xs">
      <TextInput
        ref={number}
        size="xs"
        flex="1 1 220px"
        maw={300}
        placeholder="Order, invoice, their number ( / )"
        aria-label="Find a call by a whole number: order, invoice, or the other system’s"
        defaultValue={q ?? ''}
        onChange={({ currentTarget }) => find(currentTarget.value)}
      />
      <TextInput
        size="xs"
        flex="1 1 160px"
        maw={240}
        placeholder="Part of what was said"
        aria-label="Find a call by part of a number or of what was said"
        defaultValue={text ?? ''}
        onChange={({ currentTarget }) => findWords(currentTarget.value)}
      />
      <Select
        size="xs"
        flex="1 1 150px"
        maw={200}
        placeholder="Any connection"
        aria-label="Connection"
        clearable
        data={connections}
        value={connection ?? null}
        onChange={(value) => narrow({ connection: value ?? '' })}
      />
      <Select
        size="xs"
        flex="1 1 150px"
        maw={200}
        placeholder="Anything asked"
        aria-label="What was asked"
        clearable
        data={operations}
        value={operation ?? null}
        onChange={(value) => narrow({ operation: value ?? '' })}
      />
      {cluster !== undefined && (
        <Badge
          variant="light"
          tt="none"
          maw={360}
          rightSection={
            <CloseButton
              size="xs"
              aria-label="Calls of all causes"
              onClick={() => narrow({ cluster: '' })}
            />
          }
        >
          Of one cause: {cluster.slice(cluster.indexOf('/') + 1)}
        </Badge>
      )}
    </Group>
  )
}
