import { Accordion, Alert, Anchor, Badge, Group, List, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Cluster, clustersQuery, replaysQuery } from '../../api/failures-queries.ts'
import { EvidenceList, Sentence } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { Read } from '../../shared/read.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { CallRecordPanel } from './call-record.tsx'
import { ClusterState } from './cluster-state.tsx'
import { Age, Blocked } from './clusters-list.tsx'
import { causeTitle, classWords, remedyWords } from './failure-words.ts'
import { ReplayProgress } from './replay-progress.tsx'

function Back() {
  return (
    <Anchor component={Link} to="/failures" size="xs">
      All exceptions
    </Anchor>
  )
}

function Header({ cluster }: { readonly cluster: Cluster }) {
  const { errorClass, errorCode, rootEntity, count, blastRadius } = cluster
  const { customers, connections, waitingBehind } = blastRadius
  return (
    <Group justify="space-between" align="flex-start" gap="xs">
      <Stack gap={4} flex="1 1 280px">
        <Back />
        <Title order={1} size="h3" className="words">
          {causeTitle(cluster)}
        </Title>
        <Group gap="xs">
          <Badge variant="light" color="red">
            {classWords[errorClass]}
          </Badge>
          <Text size="sm" c="dimmed">
            {[
              errorCode,
              ...(rootEntity === null ? [] : [rootEntity]),
              `${count} ${count === 1 ? 'call' : 'calls'} to ${connections.join(', ')}`,
              `${customers} ${customers === 1 ? 'customer' : 'customers'}`,
              ...(waitingBehind > 0 ? [`${waitingBehind} waiting behind`] : []),
            ].join(' · ')}
          </Text>
        </Group>
        <Age cluster={cluster} />
        <Anchor
          size="xs"
          renderRoot={(props) => (
            <Link {...props} to="/failures" search={{ tab: 'calls', cluster: cluster.clusterId }} />
          )}
        >
          Its calls one by one, with their money
        </Anchor>
      </Stack>
      <Blocked cluster={cluster} />
    </Group>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h6" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Suspects({ suspects }: Pick<Cluster, 'suspects'>) {
  return (
    <Part title="What changed before">
      {suspects.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing on record changed in the hours before the first failure.
        </Text>
      ) : (
        <List size="sm" spacing={4}>
          {suspects.map(({ at, subject, text }) => (
            <List.Item key={`${subject} ${at}`}>
              <Sentence text={text} />{' '}
              <Text size="xs" c="dimmed" span>
                <Moment at={at} />
              </Text>
            </List.Item>
          ))}
        </List>
      )}
    </Part>
  )
}

function Fix({ cluster }: { readonly cluster: Cluster }) {
  const { remedy, advice, autoRetry, confidence, proposedChange } = cluster
  return (
    <Alert color="gray" title={remedyWords[remedy]}>
      <Stack gap={4}>
        <Text size="sm" className="words">
          {proposedChange.text}
        </Text>
        <Text size="sm">{advice}</Text>
        <Text size="xs" c="dimmed">
          Tried again by itself: {autoRetry} · sure to {Math.round(confidence * 100)} %
        </Text>
      </Stack>
    </Alert>
  )
}

function Why({ cluster: { evidence, plan } }: { readonly cluster: Cluster }) {
  return (
    <>
      <Part title="Why it is taken for this">
        <EvidenceList evidence={evidence} />
      </Part>
      <Part title="What sending again would do">
        <Text size="sm">{plan.text}</Text>
        {plan.dropped.length > 0 && (
          <List size="sm">
            {plan.dropped.map(({ transactionId, naturalKey, reason }) => (
              <List.Item key={transactionId}>
                {naturalKey} is not sent: {reason}
              </List.Item>
            ))}
          </List>
        )}
      </Part>
    </>
  )
}

function Records({ cluster }: { readonly cluster: Cluster }) {
  const list = useRowKeys()
  const { plan, transactionIds, dependants } = cluster
  const known = new Map(
    [...plan.steps, ...plan.dropped, ...dependants].map((step) => [step.transactionId, step]),
  )
  const behind = new Set(dependants.map(({ transactionId }) => transactionId))
  return (
    <Part title={`Records (${transactionIds.length})`}>
      <Accordion ref={list} variant="contained" chevronPosition="left" keepMounted={false}>
        {transactionIds.map((id) => {
          const step = known.get(id)
          return (
            <Accordion.Item key={id} value={id}>
              <Accordion.Control data-row>
                <Text size="sm" fw={600} span>
                  {step?.naturalKey ?? id}
                </Text>{' '}
                <Text size="xs" c="dimmed" span>
                  {step?.operation.replaceAll(/[-_.]/g, ' ') ?? ''}
                  {behind.has(id) ? ', waits for the others' : ''}
                </Text>
              </Accordion.Control>
              <Accordion.Panel pt="xs">
                <CallRecordPanel transactionId={id} />
              </Accordion.Panel>
            </Accordion.Item>
          )
        })}
      </Accordion>
    </Part>
  )
}

function Standing({
  isUnderWay,
  wasReplayed,
}: {
  readonly isUnderWay: boolean
  readonly wasReplayed: boolean
}) {
  if (isUnderWay)
    return (
      <Alert color="gray" title="Its calls are on their way again">
        Nothing fails by this cause now; what comes of them shows whether it is mended.
      </Alert>
    )
  return wasReplayed ? (
    <Alert color="teal" title="It is over">
      Nothing fails by this cause now: its calls went through or were dropped.
    </Alert>
  ) : (
    <Alert color="gray" title="Nothing fails by this cause">
      No call stands given up for it, and none was sent again.
    </Alert>
  )
}

// What failed by it names it; once nothing does, those who had its calls sent again have its name.
function Gone({ clusterId }: { readonly clusterId: string }) {
  const { data } = useQuery(replaysQuery(clusterId))
  const replays = data?.items ?? []
  const name = replays[0]?.subject.label ?? clusterId.split(/\/(.*)/s)[1] ?? ''
  const isUnderWay = replays.some(({ status }) => status === 'approved' || status === 'executing')
  return (
    <Stack gap="md">
      <Stack gap={4}>
        <Back />
        <Title order={1} size="h3" className="words">
          {name === '' ? 'A cause of failures' : name}
        </Title>
      </Stack>
      {data !== undefined && <Standing isUnderWay={isUnderWay} wasReplayed={replays.length > 0} />}
      <ReplayProgress clusterId={clusterId} />
    </Stack>
  )
}

function notReady({ state }: Cluster): string {
  return state === 'replaying'
    ? 'Its calls are being sent again; what comes of them shows whether it is mended.'
    : 'Sending again would fail again: mend the cause first, then say that it is fixed.'
}

function Whole({ cluster }: { readonly cluster: Cluster }) {
  const { clusterId } = cluster
  return (
    <Stack gap="md">
      <Header cluster={cluster} />
      <Fix cluster={cluster} />
      <Suspects suspects={cluster.suspects} />
      <ClusterState cluster={cluster} />
      <SubjectActions subject={`cluster:${clusterId}`} nothing={notReady(cluster)} />
      <ReplayProgress clusterId={clusterId} />
      <Why cluster={cluster} />
      <Records cluster={cluster} />
    </Stack>
  )
}

/** One cause: what it is, what changed before, what mends it, the calls with their payloads, and sending them again. */
export function ClusterPage() {
  const clusterId = useParams({ strict: false }).clusterId ?? ''
  return (
    <Read query={useQuery(clustersQuery)} rows={10}>
      {({ items }) => {
        const cluster = items.find((one) => one.clusterId === clusterId)
        return cluster === undefined ? <Gone clusterId={clusterId} /> : <Whole cluster={cluster} />
      }}
    </Read>
  )
}
