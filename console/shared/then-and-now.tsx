import { Badge, Table, Text } from '@mantine/core'
import type { Basis } from '../api/proposals-queries.ts'

type BasisRecord = Basis['records'][number]

/** How a record stood and stands. */
function Standing({ record: { before, now, isChanged } }: { readonly record: BasisRecord }) {
  if (!isChanged)
    return (
      <>
        <Table.Td data-label="Then">{before}</Table.Td>
        <Table.Td c="dimmed" data-label="Now">
          the same
        </Table.Td>
      </>
    )
  return (
    <>
      <Table.Td className="before" data-label="Then">
        {before ?? 'not kept'}
      </Table.Td>
      <Table.Td fw={600} data-label="Now">
        {now ?? 'not known'}
      </Table.Td>
    </>
  )
}

function Row({ record, hasMarks }: { readonly record: BasisRecord; readonly hasMarks: boolean }) {
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        {record.name}{' '}
        {hasMarks && record.isChanged && (
          <Badge size="xs" color="orange" variant="light">
            changed
          </Badge>
        )}
      </Table.Td>
      <Standing record={record} />
    </Table.Tr>
  )
}

/** Records as they were when something was proposed, and as they are now. */
export function ThenAndNow({
  records,
  hasMarks = false,
}: {
  readonly records: readonly BasisRecord[]
  /** Changed ones stand among others and are marked. */
  readonly hasMarks?: boolean
}) {
  // Of some it is only known that they are not what they were.
  const told = records.filter(({ before, now }) => before !== null || now !== null)
  const untold = records.filter((record) => record.isChanged && !told.includes(record))
  return (
    <>
      {told.length > 0 && (
        <Table verticalSpacing={4} layout="fixed" className="changes" aria-label="Then and now">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="34%">Record</Table.Th>
              <Table.Th>Then</Table.Th>
              <Table.Th>Now</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {told.map((record) => (
              <Row key={record.record} record={record} hasMarks={hasMarks} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {untold.length > 0 && (
        <Text size="sm">
          Changed too: {untold.map(({ name }) => name.toLowerCase()).join('; ')}.
        </Text>
      )}
    </>
  )
}
