import {
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Popover,
  Select,
  Stack,
  TextInput,
} from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { connectionsQuery } from '../../api/orders-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { minorDigits, minorPerUnit, numberMarks } from '../../shared/money.tsx'
import { holdWords, stageWords } from './orders-search.ts'
import type { OrdersNarrowing } from './use-orders-search.ts'

const choicesOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

const listOf = (text: string | undefined) => (text === undefined ? [] : text.split(','))
const textOf = (list: readonly string[]) => (list.length === 0 ? undefined : list.join(','))

type Days = 'receivedFrom' | 'receivedUntil' | 'wantedFrom' | 'wantedUntil'

function DayInput({
  label,
  name,
  search,
  narrow,
}: { readonly label: string; readonly name: Days } & OrdersNarrowing) {
  const day = search[name] ?? ''
  return (
    <TextInput
      size="xs"
      type="date"
      label={label}
      // A day such as today-7 is told by its chip.
      value={day.startsWith('today') ? '' : day}
      onChange={({ currentTarget }) => narrow({ [name]: currentTarget.value })}
    />
  )
}

function TotalInput({ search, narrow }: OrdersNarrowing) {
  const { data: session } = useQuery(sessionQuery)
  const currency = search.currency ?? session?.tenant.currency ?? 'USD'
  const perUnit = minorPerUnit(currency)
  // While somebody types, what they typed stands there; the list is narrowed when they pause.
  const [typed, setTyped] = useState<string | number>()
  const narrowTo = (value: string | number) => {
    const totalFrom = Math.round(Number(value) * perUnit)
    if (value === '') narrow({ totalFrom: undefined, currency: undefined })
    else if (Number.isFinite(totalFrom)) narrow({ totalFrom, currency })
  }
  const later = useDebouncedCallback(narrowTo, 300)
  return (
    <NumberInput
      size="xs"
      label={`Total at least, ${currency}`}
      allowNegative={false}
      hideControls
      decimalScale={minorDigits(currency)}
      maxLength={20}
      {...numberMarks}
      value={typed ?? (search.totalFrom === undefined ? '' : search.totalFrom / perUnit)}
      onChange={(value) => {
        setTyped(value)
        later(value)
      }}
      onBlur={() => {
        if (typed !== undefined) narrowTo(typed)
        setTyped(undefined)
      }}
    />
  )
}

function WhereFrom({ search, narrow }: OrdersNarrowing) {
  const { data: connections } = useQuery(connectionsQuery)
  return (
    <Group grow align="flex-start" gap="xs">
      <TextInput
        size="xs"
        label="Customer number"
        defaultValue={search.customer ?? ''}
        onBlur={({ currentTarget }) => narrow({ customer: currentTarget.value.trim() })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') narrow({ customer: currentTarget.value.trim() })
        }}
      />
      <Select
        size="xs"
        label="Came by"
        placeholder="Any channel"
        searchable
        clearable
        comboboxProps={{ withinPortal: false }}
        data={(connections?.items ?? []).map(({ connectionId, name }) => ({
          value: connectionId,
          label: name,
        }))}
        value={search.connection ?? null}
        onChange={(connection) => narrow({ connection: connection ?? undefined })}
      />
    </Group>
  )
}

function WhatIsTheMatter({ search, narrow }: OrdersNarrowing) {
  return (
    <Group gap="md">
      <Checkbox
        size="xs"
        label="Late"
        checked={search.late === true}
        onChange={({ currentTarget }) => narrow({ late: currentTarget.checked || undefined })}
      />
      <Checkbox
        size="xs"
        label="Release held"
        checked={search.held === true}
        onChange={({ currentTarget }) => narrow({ held: currentTarget.checked || undefined })}
      />
      <Checkbox
        size="xs"
        label="Waiting for stock"
        checked={search.stock === 'waiting'}
        onChange={({ currentTarget }) =>
          narrow({ stock: currentTarget.checked ? 'waiting' : undefined })
        }
      />
      <Checkbox
        size="xs"
        label="Test orders too"
        checked={search.test === 'show'}
        onChange={({ currentTarget }) =>
          narrow({ test: currentTarget.checked ? 'show' : undefined })
        }
      />
    </Group>
  )
}

/** Everything the list can be narrowed by; what is chosen holds at once and stands in the address. */
export function OrdersFilters(narrowing: OrdersNarrowing) {
  const { search, narrow } = narrowing
  return (
    <Popover position="bottom-end" width={420} shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default">
          Filters
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Filters" maw="calc(100vw - 24px)">
        <Stack gap="xs">
          <MultiSelect
            size="xs"
            label="Stage"
            placeholder={search.stage === undefined ? 'Any' : ''}
            comboboxProps={{ withinPortal: false }}
            data={choicesOf(stageWords)}
            value={listOf(search.stage)}
            onChange={(stages) => narrow({ stage: textOf(stages) })}
          />
          <MultiSelect
            size="xs"
            label="Hold in force"
            placeholder={search.hold === undefined ? 'Any or none' : ''}
            comboboxProps={{ withinPortal: false }}
            data={choicesOf(holdWords)}
            value={listOf(search.hold)}
            onChange={(holds) => narrow({ hold: textOf(holds) })}
          />
          <WhatIsTheMatter {...narrowing} />
          <WhereFrom {...narrowing} />
          <Group grow gap="xs">
            <DayInput label="Received from" name="receivedFrom" {...narrowing} />
            <DayInput label="Received until" name="receivedUntil" {...narrowing} />
          </Group>
          <Group grow gap="xs">
            <DayInput label="Wanted from" name="wantedFrom" {...narrowing} />
            <DayInput label="Wanted until" name="wantedUntil" {...narrowing} />
          </Group>
          <TotalInput {...narrowing} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
