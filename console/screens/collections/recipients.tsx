import { Alert, Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import {
  type Recipients as RecipientsRead,
  recipientsQuery,
} from '../../api/collections-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { UnsavedWords } from '../../shared/unsaved-words.tsx'
import { useRecording } from './use-recording.ts'

type Person = RecipientsRead['contacts'][number]
type Typed = { readonly key: number } & Record<'name' | 'email' | 'phone' | 'role', string>

const fields = [
  ['name', 'Name', 200],
  ['email', 'E-mail', 254],
  ['phone', 'Phone', 60],
  ['role', 'Role', 40],
] as const

const typed = (contact: Person, key: number): Typed => {
  const { name = '', email = '', phone = '', role = '' } = contact
  return { key, name, email, phone, role }
}

const sent = ({ name, email, phone, role }: Typed): Person => ({
  ...(name.trim() === '' ? {} : { name: name.trim() }),
  ...(email.trim() === '' ? {} : { email: email.trim() }),
  ...(phone.trim() === '' ? {} : { phone: phone.trim() }),
  ...(role.trim() === '' ? {} : { role: role.trim() }),
})

function Line({
  line,
  faultOf,
  onChange,
  onRemove,
}: {
  readonly line: Typed
  readonly faultOf: (field: string) => string | undefined
  readonly onChange: (line: Typed) => void
  readonly onRemove: () => void
}) {
  return (
    <Group gap="xs" align="flex-start" component="fieldset" style={{ border: 0, padding: 0 }}>
      {fields.map(([field, label, most]) => (
        <TextInput
          key={field}
          size="xs"
          flex="1 1 150px"
          label={label}
          maxLength={most}
          value={line[field]}
          onChange={({ currentTarget }) => onChange({ ...line, [field]: currentTarget.value })}
          error={faultOf(field)}
        />
      ))}
      <Button size="xs" variant="default" mt={{ base: 0, lg: 20 }} onClick={onRemove}>
        Remove
      </Button>
    </Group>
  )
}

function Editor({
  recipients,
  onClose,
}: {
  readonly recipients: RecipientsRead
  readonly onClose: () => void
}) {
  const { customerNumber, version, contacts } = recipients
  const [lines, setLines] = useState<readonly Typed[]>(contacts.map(typed))
  const [nextKey, setNextKey] = useState(contacts.length)
  const { record, isPending, faultOf, problem } = useRecording({
    record: (people: Person[]) =>
      api.put('/v1/collections/customers/{id}/recipients', {
        params: { id: customerNumber },
        body: { version, contacts: people },
      }),
    done: 'Letters go to these people from now on.',
    onDone: onClose,
  })
  const now = JSON.stringify(lines.map(sent))
  const isChanged = now !== JSON.stringify(contacts.map(typed).map(sent))
  return (
    <Stack gap="xs">
      <UnsavedWords isUnsaved={isChanged && !isPending} />
      {lines.map((line, place) => (
        <Line
          key={line.key}
          line={line}
          faultOf={(field) => faultOf(`contacts.${place}.${field}`)}
          onChange={(next) => setLines(lines.map((one) => (one.key === line.key ? next : one)))}
          onRemove={() => setLines(lines.filter(({ key }) => key !== line.key))}
        />
      ))}
      {problem !== undefined && (
        <Alert color="red" role="alert" title="Not changed">
          {problem.message}
        </Alert>
      )}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            setLines([...lines, typed({}, nextKey)])
            setNextKey(nextKey + 1)
          }}
        >
          Add a person
        </Button>
        <Button
          size="xs"
          disabled={!isChanged}
          loading={isPending}
          onClick={() => record(lines.map(sent))}
        >
          Keep
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          Back
        </Button>
      </Group>
    </Stack>
  )
}

/** Who gets letters and calls: the people of the customer's file, typed by people and by nobody else. */
export function Recipients({ customerNumber }: { readonly customerNumber: string }) {
  const { data: session } = useQuery(sessionQuery)
  const { data, error, refetch } = useQuery(recipientsQuery(customerNumber))
  const [edited, setEdited] = useState<RecipientsRead>()
  if (edited !== undefined)
    return <Editor recipients={edited} onClose={() => setEdited(undefined)} />
  if (data === undefined)
    return error === null ? <Reading rows={2} /> : <Failed error={error} again={refetch} />
  const mayChange = session?.scopes.includes('master:write') ?? false
  return (
    <Stack gap="xs">
      {data.contacts.length === 0 && (
        <Nothing title="Nobody gets letters">
          Without a contact nothing can be written to this customer.
        </Nothing>
      )}
      {data.contacts.map((person) => (
        <Paper withBorder p="sm" key={JSON.stringify(person)}>
          <Text size="sm" fw={600}>
            {person.name ?? person.email ?? person.phone}
          </Text>
          <Text size="xs" c="dimmed">
            {[person.role ?? 'no role', person.email, person.phone]
              .filter((part) => part !== undefined)
              .join(' · ')}
          </Text>
        </Paper>
      ))}
      <Group gap="xs">
        {mayChange ? (
          <Button size="xs" variant="default" onClick={() => setEdited(data)}>
            Change who gets letters
          </Button>
        ) : (
          <Text size="xs" c="dimmed">
            An administrator changes them.
          </Text>
        )}
        <Text size="xs" c="dimmed">
          Customer file changed <Moment at={data.updatedAt} />
        </Text>
      </Group>
    </Stack>
  )
}
