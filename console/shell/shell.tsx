import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { api } from '../api/client.ts'
import { proposalCountQuery } from '../api/proposals-queries.ts'
import { queryClient, type Session, sessionQuery } from '../api/queries.ts'
import { useChatOpen } from '../chat/use-chat-open.ts'
import { shownZone } from '../shared/moment.tsx'
import { useKeys } from '../shared/use-keys.ts'
import { CausesCount } from './causes-count.tsx'
import { useLiveEvents } from './live.ts'
import { LivenessText } from './liveness-text.tsx'

const ChatPanel = lazy(async () => ({
  default: (await import('../chat/chat-panel.tsx')).ChatPanel,
}))

async function signOut(): Promise<void> {
  try {
    await api.delete('/v1/session', {})
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    notifications.show({ color: 'red', title: 'Signing out failed', message })
    return
  }
  queryClient.clear()
  location.assign('/sign-in')
}

const schemes = [
  ['auto', 'As the device'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

function PersonMenu({ session }: { readonly session: Session }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { person, tenant } = session
  const initials = person.name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="lg"
          radius="xl"
          aria-label={`${initials}: signed in as ${person.name}`}
        >
          <Text size="xs" fw={600}>
            {initials}
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name}, {person.role}
          <br />
          {tenant.name}
          <br />
          Times in {shownZone}
        </Menu.Label>
        <Menu.Divider />
        {schemes.map(([scheme, label]) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? '✓' : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function WaitingCount() {
  const { data } = useQuery(proposalCountQuery(false))
  if (data === undefined || data.count === 0) return null
  return (
    <Badge size="sm" variant="filled" aria-label={`${data.count} waiting`}>
      {data.count}
    </Badge>
  )
}

const places = [
  { to: '/proposals', label: 'Approvals', scope: 'proposals:read' },
  { to: '/orders', label: 'Orders', scope: 'orders:read' },
  { to: '/failures', label: 'Exceptions', scope: 'transactions:read' },
  { to: '/collections', label: 'Collections', scope: 'collections:read' },
] as const

const counts: Partial<Record<(typeof places)[number]['to'], ReactNode>> = {
  '/proposals': <WaitingCount />,
  '/failures': <CausesCount />,
}

function Places({
  scopes,
  onGo,
}: {
  readonly scopes: readonly string[]
  readonly onGo: () => void
}) {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return places
    .filter(({ scope }) => scopes.includes(scope))
    .map(({ to, label }) => (
      <NavLink
        key={to}
        component={Link}
        to={to}
        label={label}
        active={path.startsWith(to)}
        onClick={onGo}
        rightSection={counts[to]}
      />
    ))
}

/** What is around every screen: where one can go, who one is, and whether the page is live. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const chat = useChatOpen()
  const { data: session } = useQuery(sessionQuery)
  const mayAsk = session?.scopes.includes('chat:use') ?? false
  const isChatShown = chat.isOpen && mayAsk
  useKeys([['c', chat.toggle]])
  const liveness = useLiveEvents(session?.scopes.includes('orders:read') ?? false)
  if (session === undefined) return null
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      aside={{
        width: 400,
        breakpoint: 'md',
        collapsed: { mobile: !isChatShown, desktop: !isChatShown },
      }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Text fw={700}>Quittance</Text>
            <Text c="dimmed" size="sm" visibleFrom="sm">
              {session.tenant.name}
            </Text>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <LivenessText liveness={liveness} />
            {mayAsk && (
              <Button size="xs" variant="light" onClick={chat.toggle}>
                Assistant
              </Button>
            )}
            <PersonMenu session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label="Places">
        <Places scopes={session.scopes} onGo={close} />
      </AppShell.Navbar>
      <AppShell.Aside aria-label="Assistant" onClick={chat.onClick}>
        {chat.wasOpened && mayAsk && (
          <Suspense>
            <ChatPanel isOpen={chat.isOpen} onClose={chat.close} />
          </Suspense>
        )}
      </AppShell.Aside>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}
