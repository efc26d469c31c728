import { Alert, Badge, List, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Standing, standingQuery } from '../../api/order-queries.ts'
import type { Order } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { Fold } from '../../shared/on-record.tsx'
import { Failed, Reading } from '../../shared/states.tsx'

type WaitsFor = Standing['waitsFor'][number]
type Check = Standing['checks'][number]

const holdWords = (type: string): string => type.replaceAll('_', ' ').toLowerCase()

function Ends({ hold }: { readonly hold: WaitsFor }) {
  const { endsAt, liftsItself, atEnd, isPastItsTime } = hold
  if (endsAt === null) return <>It has no time of its own: it stands until somebody lifts it.</>
  if (liftsItself)
    return (
      <>
        It is lifted by itself at <Moment at={endsAt} />.
      </>
    )
  return (
    <>
      {isPastItsTime ? 'It has stood past its time since' : 'It may stand until'}{' '}
      <Moment at={endsAt} />
      {atEnd === null ? '' : `. Then: ${atEnd}`}
    </>
  )
}

function needsText({ needs }: WaitsFor): string {
  const words = needs.map((need) => (need === 'evidence' ? 'the document' : 'a reason code'))
  return words.length === 0 ? '' : ` It takes ${words.join(' and ')}.`
}

/** Who lifts a hold, until when, and the facts its check put on record. */
function HoldWays({ hold }: { readonly hold: WaitsFor }) {
  const { desk, role, needsOtherPerson, conditions, evidence } = hold
  const open = Object.entries(conditions).filter(([, metAt]) => metAt === null)
  if (hold.liftsItself)
    return (
      <Text size="sm">
        <Ends hold={hold} />
      </Text>
    )
  return (
    <>
      <Text size="sm">
        Seen to by {desk.replaceAll('-', ' ')}; the role {role} decides
        {needsOtherPerson ? ', somebody other than whoever asks' : ''}.{needsText(hold)}{' '}
        <Ends hold={hold} />
      </Text>
      {open.length > 0 && (
        <Text size="sm">Still waits for {open.map(([condition]) => condition).join(', ')}.</Text>
      )}
      {evidence.length > 0 && (
        <Fold label="Why: the facts on record">
          <EvidenceList evidence={evidence} />
        </Fold>
      )}
    </>
  )
}

function Holds({
  order,
  standing,
}: {
  readonly order: Order
  readonly standing: Standing | undefined
}) {
  const inForce = order.holds.filter(({ releasedAt }) => releasedAt === null)
  if (inForce.length === 0) return null
  const known = new Map(standing?.waitsFor.map((hold) => [hold.holdId, hold]))
  return (
    <Alert
      color="orange"
      title={inForce.length === 1 ? 'One hold is in force' : `${inForce.length} holds are in force`}
    >
      <Stack gap="sm">
        {inForce.map(({ holdId, type, line, reason, blocks, placedAt, placedBy }) => {
          const ways = known.get(holdId)
          return (
            <div key={holdId}>
              <Text size="sm">
                <b>
                  {holdWords(type)}
                  {line === null ? '' : `, line ${line}`}
                </b>
                : {reason}
              </Text>
              <Text size="xs" c="dimmed">
                stops {blocks.join(', ')} · placed by{' '}
                {placedBy.replace(/^person:/, '').replaceAll('-', ' ')}{' '}
                <Moment at={placedAt} isRelative />
              </Text>
              {ways !== undefined && <HoldWays hold={ways} />}
            </div>
          )
        })}
      </Stack>
    </Alert>
  )
}

const outcomes = {
  passed: { sign: '✓', color: 'teal', label: 'Passed' },
  found: { sign: '!', color: 'orange', label: 'Found' },
  lifted: { sign: '↑', color: 'gray', label: 'Lifted' },
} as const

function CheckItem({ check }: { readonly check: Check }) {
  const { outcome, text, isNow, recordedAt, evidence } = check
  const { sign, color, label } = outcomes[outcome]
  return (
    <List.Item
      icon={
        <ThemeIcon size={18} radius="xl" color={color} variant="light" aria-label={label}>
          <Text size="xs" fw={700}>
            {sign}
          </Text>
        </ThemeIcon>
      }
    >
      {text}{' '}
      {isNow && (
        <Badge size="xs" variant="outline" color="gray">
          now
        </Badge>
      )}
      {recordedAt !== null && (
        <Text size="xs" c="dimmed" span>
          <Moment at={recordedAt} />
        </Text>
      )}
      {evidence.length > 1 && (
        <Fold label="Why, and why not">
          <EvidenceList evidence={evidence} />
        </Fold>
      )}
    </List.Item>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      {children}
    </div>
  )
}

function Next({ next }: Pick<Standing, 'next'>) {
  if (next.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing: its way has ended.
      </Text>
    )
  return (
    <List size="sm" spacing={4}>
      {next.map(({ text, on, at }) => (
        <List.Item key={`${text} ${on ?? at ?? ''}`}>
          {text}{' '}
          <Text size="sm" fw={600} span>
            {on}
            {at !== null && <Moment at={at} />}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}

function Checks({ checks }: Pick<Standing, 'checks'>) {
  if (checks.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No check that it passed is on record.
      </Text>
    )
  return (
    <List size="sm" spacing={4} center={false}>
      {checks.map((check) => (
        <CheckItem key={`${check.check} ${check.text}`} check={check} />
      ))}
    </List>
  )
}

/** Without what a hold in force says already, with its facts. */
function besidesHolds({ checks, waitsFor }: Standing): Check[] {
  const told = new Set(waitsFor.map(({ reason }) => reason))
  return checks.filter(({ text }) => !told.has(text))
}

/** Why an order stands where it stands: the holds first, then what it passed and by which number, and what comes next. */
export function OrderWhy({ order }: { readonly order: Order }) {
  const { data, error, refetch } = useQuery(standingQuery(order.orderId))
  return (
    <Stack gap="xs" component="section" aria-label="Why it stands where it stands">
      <Holds order={order} standing={data} />
      {error !== null && <Failed error={error} again={refetch} />}
      {error === null && data === undefined && <Reading rows={2} />}
      {data !== undefined && (
        <Paper withBorder p="sm">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <Part title="Why, and why not">
              <Checks checks={besidesHolds(data)} />
            </Part>
            <Part title="What comes next">
              <Next next={data.next} />
            </Part>
          </SimpleGrid>
        </Paper>
      )}
    </Stack>
  )
}
