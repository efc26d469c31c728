import { Anchor, Badge, Group, List, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DocumentView } from '../../api/documents-queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { countText, formatWords } from './document-words.ts'

type Shown = { readonly document: DocumentView }
type Related = DocumentView['documents'][number]

const words = (text: string): string => text.replaceAll(/[-_.]/g, ' ')
const nameOf = ({ docType, number }: Related): string => `${words(docType)} ${number}`

function wayOf({ direction, isWritten, status }: DocumentView): string {
  if (direction === 'in') return 'as it came'
  if (!isWritten) return 'not written yet for the partner'
  return status === 'succeeded' ? 'as it went out' : 'as it was written to go out'
}

function titleOf(document: DocumentView): string {
  const { documents, id } = document
  const own = documents.find(({ documentId }) => documentId === id) ?? documents[0]
  const isOne = documents.length === 1 || own?.documentId === id
  const name =
    own === undefined || !isOne
      ? documents.length === 0
        ? 'Delivery'
        : `Delivery of ${documents.length} documents`
      : nameOf(own)
  const title = `${name}, ${wayOf(document)}`
  return title.charAt(0).toUpperCase() + title.slice(1)
}

function Orders({ document: { documents } }: Shown) {
  const orders = new Map(
    documents.flatMap(({ orderId, orderNumber }) =>
      orderId === null ? [] : [[orderId, orderNumber ?? orderId]],
    ),
  )
  return [...orders].map(([orderId, orderNumber]) => (
    <Anchor key={orderId} component={Link} to={`/orders/${encodeURIComponent(orderId)}`} size="sm">
      Order {orderNumber}
    </Anchor>
  ))
}

function SetAside({ document: { quarantine } }: Shown) {
  return quarantine.map(({ quarantineId, status, kind, reason, receiptId, aboutDocumentId }) => (
    <Group key={quarantineId} gap="xs" align="baseline">
      <Badge size="sm" variant="light" color={status === 'open' ? 'orange' : 'gray'}>
        {words(kind)}, {status}
      </Badge>
      <Text size="sm" flex="1 1 240px" className="words">
        {reason}
      </Text>
      {status === 'open' && (
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/failures" search={{ tab: 'quarantine' }} />}
        >
          In quarantine
        </Anchor>
      )}
      {aboutDocumentId !== null && (
        <Anchor component={Link} to={`/documents/${aboutDocumentId}`} size="sm">
          The document of ours it speaks of
        </Anchor>
      )}
      {receiptId !== null && (
        <Anchor component={Link} to={`/documents/${receiptId}`} size="sm">
          The message that says so
        </Anchor>
      )}
    </Group>
  ))
}

function Others({ document: { documents, id } }: Shown) {
  if (documents.length < 2) return null
  return (
    <List size="sm" listStyleType="none">
      {documents.map((other) => (
        <List.Item key={other.documentId}>
          {other.documentId === id ? (
            <b>{nameOf(other)}</b>
          ) : (
            <Anchor component={Link} to={`/documents/${other.documentId}`} size="sm">
              {nameOf(other)}
            </Anchor>
          )}{' '}
          <Text size="xs" c="dimmed" span>
            {words(other.status)}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}

/** What a document is, and the records it belongs to. */
export function DocumentHeader({ document }: Shown) {
  const { id, format, byteSize, lineCount, status, at, connectionId, receiptId } = document
  const setAside = document.quarantine.map((entry) => ({
    ...entry,
    // On the message itself there is no way to itself.
    receiptId: entry.receiptId === receiptId ? null : entry.receiptId,
  }))
  return (
    <Stack gap="xs">
      <Title order={1} size="h3" className="words">
        {titleOf(document)}
      </Title>
      <Text size="sm" c="dimmed">
        {[
          formatWords[format],
          countText(byteSize, 'byte'),
          countText(lineCount, 'line'),
          words(status),
          connectionId ?? 'no connection',
        ].join(' · ')}{' '}
        · <Moment at={at} />
      </Text>
      <Group gap="md">
        <Orders document={document} />
        <Anchor href={`/v1/documents/${encodeURIComponent(id)}/raw`} target="_blank" size="sm">
          Download
        </Anchor>
      </Group>
      <SetAside document={{ ...document, quarantine: setAside }} />
      <Others document={document} />
    </Stack>
  )
}
