import { Table } from '@mantine/core'
import type { Proposal } from '../../api/queries.ts'

/** What would change, as it is now and as it would be. */
export function Changes({ changes }: { readonly changes: Proposal['changes'] }) {
  if (changes.length === 0) return null
  return (
    <Table verticalSpacing={6} layout="fixed" className="changes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="26%">What</Table.Th>
          <Table.Th>Now</Table.Th>
          <Table.Th>Then</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ label, before, after }) => (
          <Table.Tr key={label} style={{ verticalAlign: 'top' }}>
            <Table.Td>{label}</Table.Td>
            {before !== null && (
              <Table.Td className="words before" data-label="Now">
                {before}
              </Table.Td>
            )}
            {before === null ? (
              <Table.Td className="words" colSpan={2}>
                {after ?? ''}
              </Table.Td>
            ) : (
              <Table.Td className="words" data-label="Then">
                {after ?? ''}
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
