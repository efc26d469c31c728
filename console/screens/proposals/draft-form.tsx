import {
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Proposal } from '../../api/queries.ts'
import { UnsavedWords } from '../../shared/unsaved-words.tsx'
import { DraftDiff } from './draft-diff.tsx'
import { type Checking, useDraftCheck } from './use-draft-check.ts'

type Values = Record<string, unknown>

/** A field of the schema that says what may be changed (JSON Schema, the part that forms need). */
type Field = {
  readonly type?: unknown
  readonly title?: unknown
  readonly enum?: unknown
  readonly minLength?: unknown
  readonly maxLength?: unknown
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fieldsOf(schema: Values): [name: string, field: Field][] {
  const { properties } = schema
  if (!isRecord(properties)) return []
  return Object.entries(properties).flatMap(([name, field]) =>
    isRecord(field) ? [[name, field] satisfies [string, Field]] : [],
  )
}

/** What is wrong with a length while the server has not been asked yet. */
function lengthFault({ type, minLength, maxLength }: Field, value: unknown): string[] {
  if (type !== 'string' || typeof value !== 'string') return []
  if (typeof minLength === 'number' && value.trim().length < minLength)
    return ['It may not be empty.']
  if (typeof maxLength === 'number' && value.length > maxLength)
    return [`At most ${maxLength} characters; this has ${value.length}.`]
  return []
}

const labelOf = (name: string, { title }: Field): string =>
  typeof title === 'string' ? title : `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** What is wrong with a field, each fault a line of its own, told when the reader pauses. */
function Faults({ faults }: { readonly faults: readonly string[] }): ReactNode {
  if (faults.length === 0) return undefined
  return (
    <span role="alert" aria-live="polite">
      {[...new Set(faults)].map((fault) => (
        <span key={fault} style={{ display: 'block' }}>
          {fault}
        </span>
      ))}
    </span>
  )
}

function FieldInput({
  name,
  field,
  value,
  faults,
  onChange,
}: {
  readonly name: string
  readonly field: Field
  readonly value: unknown
  readonly faults: readonly string[]
  readonly onChange: (value: unknown) => void
}) {
  const error = faults.length === 0 ? undefined : <Faults faults={faults} />
  const common = { label: labelOf(name, field), error }
  if (Array.isArray(field.enum))
    return (
      <Select
        {...common}
        data={field.enum.map(String)}
        value={typeof value === 'string' ? value : null}
        onChange={onChange}
      />
    )
  if (field.type === 'boolean')
    return (
      <Switch
        {...common}
        checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    )
  if (field.type === 'integer' || field.type === 'number')
    return (
      <NumberInput
        {...common}
        value={typeof value === 'number' ? value : ''}
        allowDecimal={field.type === 'number'}
        onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
      />
    )
  const text = typeof value === 'string' ? value : ''
  const isLong = typeof field.maxLength !== 'number' || field.maxLength > 300
  return isLong ? (
    <Textarea
      {...common}
      autosize
      autoFocus
      minRows={6}
      maxRows={24}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  ) : (
    <TextInput
      {...common}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

function checkingText(checking: Checking): string {
  switch (checking.state) {
    case 'unchanged':
      return 'It is checked while you type; nothing is kept before you say so.'
    case 'checking':
      return 'Checking …'
    case 'unchecked':
      return checking.isLasting
        ? checking.problem
        : `Not checked: ${checking.problem} Your words stay here; it is tried again.`
    case 'checked': {
      const { length } = checking.check.faults
      if (length === 0) return 'Nothing is wrong with it.'
      return length === 1 ? 'One thing is wrong with it.' : `${length} things are wrong with it.`
    }
  }
}

/** How the proposal would stand with these words, and who would then decide. */
function Outcome({
  proposal,
  checking,
}: {
  readonly proposal: Proposal
  readonly checking: Checking
}) {
  if (checking.state !== 'checked' || checking.check.faults.length > 0) return null
  const { changes, policyReasons, needsOtherPerson } = checking.check
  return (
    <Paper withBorder p="xs" component="section" aria-label="As it would then stand">
      <Text size="sm" fw={600}>
        As it would then stand
      </Text>
      <Text size="sm" c={needsOtherPerson ? 'orange' : 'dimmed'}>
        {policyReasons.join(' ')}
      </Text>
      <DraftDiff before={proposal.changes} after={changes} />
    </Paper>
  )
}

/** The form of what may be changed before a proposal is approved, made from its schema and checked while it is typed. */
export function DraftForm({
  proposal,
  schema,
  isPending,
  onSave,
  onCancel,
}: {
  /** As it was when the form was opened. */
  readonly proposal: Proposal
  readonly schema: Values
  readonly isPending: boolean
  readonly onSave: (draft: Values) => void
  readonly onCancel: () => void
}) {
  const draft = proposal.draft ?? {}
  const [values, setValues] = useState<Values>(draft)
  const fields = fieldsOf(schema)
  const isChanged = fields.some(([name]) => values[name] !== draft[name])
  const checking = useDraftCheck(proposal, values, isChanged)
  const told = checking.state === 'checked' ? checking.check.faults : []
  const faultsOf = (name: string, field: Field): string[] => {
    const ofField = told.filter(({ path }) => path.split('.')[0] === name)
    const short = lengthFault(field, values[name])
    return short.length > 0 ? short : ofField.map(({ message }) => message)
  }
  const general = told.filter(({ path }) => !fields.some(([name]) => path.split('.')[0] === name))
  const isGood = checking.state === 'checked' && told.length === 0
  return (
    <Stack gap="xs" component="section" aria-label="Change the draft">
      <UnsavedWords isUnsaved={isChanged} />
      {fields.map(([name, field]) => (
        <FieldInput
          key={name}
          name={name}
          field={field}
          value={values[name]}
          faults={faultsOf(name, field)}
          onChange={(value) => setValues({ ...values, [name]: value })}
        />
      ))}
      {general.length > 0 && (
        <Text size="sm" c="red">
          <Faults faults={general.map(({ message }) => message)} />
        </Text>
      )}
      <Outcome proposal={proposal} checking={checking} />
      <Group gap="xs" className="decision-bar">
        <Button size="xs" loading={isPending} disabled={!isGood} onClick={() => onSave(values)}>
          Keep
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          {isChanged ? 'Throw away' : 'Back'}
        </Button>
        <Text
          size="xs"
          c={isGood || checking.state !== 'checked' ? 'dimmed' : 'red'}
          role="status"
          aria-live="polite"
        >
          {checkingText(checking)}
        </Text>
      </Group>
    </Stack>
  )
}
