import {
  ActionIcon,
  Button,
  CloseButton,
  Group,
  Menu,
  Paper,
  ScrollArea,
  Stack,
  Text,
  Textarea,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { type Question, threadsQuery } from '../api/chat-queries.ts'
import { Moment } from '../shared/moment.tsx'
import { AnswerView } from './answer.tsx'
import { type Conversation, useConversation } from './use-conversation.ts'

type Looked = { readonly screen: Question['screen']; readonly starters: readonly string[] }

const morning = [
  'What must I release before cut-off?',
  'What failed since yesterday and what fixes most?',
  'Whom do we chase today?',
  'What is unapplied and why?',
]

// The kinds of records with a screen of their own, by the name of its address's part.
const lookedAt = [
  {
    param: 'orderId',
    kind: 'order',
    starters: [
      'Why is this order stuck?',
      'Why is this price different?',
      'What can we ship instead?',
    ],
  },
  {
    param: 'proposalId',
    kind: 'proposal',
    starters: ['What is this about?', ...morning.slice(0, 2)],
  },
  {
    param: 'customerNumber',
    kind: 'customer',
    starters: [
      'What does this customer owe and why?',
      'What did they promise?',
      'What should we write?',
    ],
  },
  {
    param: 'clusterId',
    kind: 'cluster',
    starters: ['What broke here?', 'What fixes it?', 'What would sending again do?'],
  },
] as const

// The server takes no longer ids; whoever typed such an address is asked about nothing on it.
const longestId = 160

/** What the reader looks at, and what people ask about that. */
function useLooked(): Looked {
  const params = useParams({ strict: false })
  for (const { param, kind, starters } of lookedAt) {
    const id = params[param]
    if (id !== undefined && id !== '' && id.length <= longestId)
      return { screen: { kind, id }, starters }
  }
  return { screen: undefined, starters: morning }
}

function Threads({ conversation }: { readonly conversation: Conversation }) {
  const { data } = useQuery(threadsQuery)
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle">
          Earlier
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={400} style={{ overflowY: 'auto' }}>
        {(data?.items ?? []).map(({ threadId, title, changedAt }) => (
          <Menu.Item key={threadId} onClick={() => void conversation.open(threadId)}>
            <Text size="sm" lineClamp={1}>
              {title}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={changedAt} />
            </Text>
          </Menu.Item>
        ))}
        {data?.items.length === 0 && <Menu.Label>Nothing was asked yet</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}

function Ask({
  conversation,
  screen,
}: {
  readonly conversation: Conversation
  readonly screen: Question['screen']
}) {
  const [text, setText] = useState('')
  const { busy, ask, stop } = conversation
  const send = () => {
    const words = text.trim()
    if (words === '' || busy !== undefined) return
    setText('')
    void ask(words, screen)
  }
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Textarea
        flex={1}
        size="sm"
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4_000}
        placeholder="Ask about an order, a failure, a customer …"
        aria-label="Ask the assistant"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      {busy === 'answering' ? (
        <Button size="sm" color="red" variant="light" onClick={() => void stop()}>
          Stop
        </Button>
      ) : (
        <ActionIcon
          size={36}
          onClick={send}
          disabled={text.trim() === '' || busy !== undefined}
          aria-label="Send"
        >
          ↑
        </ActionIcon>
      )}
    </Group>
  )
}

/** The assistant beside every screen: it answers from records and makes proposals; deciding stays in the inbox. */
export function ChatPanel({
  isOpen,
  onClose,
}: {
  /** Closed it keeps what was said and typed, out of sight and out of the keyboard's way. */
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  const conversation = useConversation()
  const { said, busy, ask, startNew } = conversation
  const { screen, starters } = useLooked()
  const end = useRef<HTMLDivElement>(null)
  const shown = said.at(-1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever the last answer grows or is seen again
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' })
  }, [shown, isOpen])
  return (
    <Stack
      {...{ h: '100%', gap: 'xs', p: 'sm' }}
      display={isOpen ? undefined : 'none'}
      inert={!isOpen}
      component="section"
      aria-label="Assistant"
    >
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>Assistant</Text>
        <Group gap={4} wrap="nowrap">
          <Threads conversation={conversation} />
          <Button size="compact-xs" variant="subtle" onClick={startNew}>
            New
          </Button>
          <CloseButton onClick={onClose} aria-label="Close the assistant" />
        </Group>
      </Group>
      <ScrollArea flex={1} type="auto" offsetScrollbars>
        <Stack gap="md" aria-live="polite">
          {said.length === 0 && (
            <Stack gap={6}>
              <Text size="sm" c="dimmed">
                Answers come from your records, each with where it is from. What should be done
                becomes a proposal that a person decides.
              </Text>
              {starters.map((question) => (
                <Button
                  key={question}
                  size="xs"
                  variant="default"
                  justify="flex-start"
                  fw={400}
                  disabled={busy !== undefined}
                  onClick={() => void ask(question, screen)}
                >
                  {question}
                </Button>
              ))}
            </Stack>
          )}
          {said.map((one) =>
            one.author === 'person' ? (
              <Paper key={one.id} withBorder p="xs" bg="var(--mantine-color-default-hover)">
                <Text size="sm" className="words">
                  {one.text}
                </Text>
              </Paper>
            ) : (
              <AnswerView
                key={one.id}
                said={one}
                mayAsk={busy === undefined}
                onAsk={(question) => void ask(question, screen)}
              />
            ),
          )}
          <div ref={end} />
        </Stack>
      </ScrollArea>
      <Ask conversation={conversation} screen={screen} />
    </Stack>
  )
}
