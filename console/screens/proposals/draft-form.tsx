import {
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'

type Values = Record<string, unknown>

/** A field of the schema that says what may be changed (JSON Schema, the part that forms need). */
type Field = {
  readonly type?: unknown
  readonly title?: unknown
  readonly description?: unknown
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

/** What is wrong with a value before it is sent; the server checks the words themselves. */
function faultOf({ type, minLength, maxLength }: Field, value: unknown): string | undefined {
  if (type !== 'string' || typeof value !== 'string') return undefined
  if (typeof minLength === 'number' && value.trim().length < minLength)
    return 'It may not be empty.'
  if (typeof maxLength === 'number' && value.length > maxLength)
    return `At most ${maxLength} characters; this has ${value.length}.`
  return undefined
}

const labelOf = (name: string, { title }: Field): string =>
  typeof title === 'string' ? title : `${name.charAt(0).toUpperCase()}${name.slice(1)}`

function FieldInput({
  name,
  field,
  value,
  onChange,
}: {
  readonly name: string
  readonly field: Field
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}) {
  const common = { label: labelOf(name, field), error: faultOf(field, value) }
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

/** The form of what may be changed before a proposal is approved, made from its schema. */
export function DraftForm({
  schema,
  draft,
  isPending,
  onSave,
  onCancel,
}: {
  readonly schema: Values
  readonly draft: Values
  readonly isPending: boolean
  readonly onSave: (draft: Values) => void
  readonly onCancel: () => void
}) {
  const [values, setValues] = useState<Values>(draft)
  const fields = fieldsOf(schema)
  const isFaulty = fields.some(([name, field]) => faultOf(field, values[name]) !== undefined)
  const isChanged = fields.some(([name]) => values[name] !== draft[name])
  return (
    <Stack gap="xs" component="section" aria-label="Change the draft">
      {fields.map(([name, field]) => (
        <FieldInput
          key={name}
          name={name}
          field={field}
          value={values[name]}
          onChange={(value) => setValues({ ...values, [name]: value })}
        />
      ))}
      <Group gap="xs">
        <Button
          size="xs"
          loading={isPending}
          disabled={isFaulty || !isChanged}
          onClick={() => onSave(values)}
        >
          Check and keep
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          Back
        </Button>
      </Group>
    </Stack>
  )
}
