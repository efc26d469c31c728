import { Text, type TextProps, Tooltip } from '@mantine/core'
import { useForceUpdate, useInterval } from '@mantine/hooks'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const exact = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'long',
  timeZone: zone,
})
const parts = {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: zone,
} as const
const short = new Intl.DateTimeFormat(undefined, parts)
const withYear = new Intl.DateTimeFormat(undefined, { ...parts, year: 'numeric' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })

// How often a distance from now is worked out anew.
const tickMs = 30_000

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: zone,
})
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeZone: zone })

/** The day a moment falls on where the reader is. */
export const dayOf = (at: string): string => day.format(new Date(at))

/** How far a moment is from now, in the largest unit that says something: "in 3 hr.", "2 days ago". */
function fromNow(moment: string, nowMs = Date.now()): string {
  const distanceMs = Date.parse(moment) - nowMs
  for (const [unit, unitMs] of units)
    if (Math.abs(distanceMs) >= unitMs)
      return relative.format(Math.round(distanceMs / unitMs), unit)
  return relative.format(0, 'minute')
}

/** How far it is from now, also while the page stands open. */
function FromNow({ at }: { readonly at: string }) {
  useInterval(useForceUpdate(), tickMs, { autoInvoke: true })
  return fromNow(at)
}

function clockOf(at: Date): Intl.DateTimeFormat {
  return at.getFullYear() === new Date().getFullYear() ? short : withYear
}

/** The zone that all times of the console are shown in. */
export const shownZone = zone

/** A moment in the reader's own zone, with its year where it is not this one; the tooltip has it in full, with the zone. */
export function Moment({
  at,
  isRelative = false,
  isTimeOnly = false,
  ...text
}: {
  readonly at: string
  readonly isRelative?: boolean
  /** The day stands above it. */
  readonly isTimeOnly?: boolean
} & TextProps) {
  const date = new Date(at)
  const clock = isTimeOnly ? timeOfDay : clockOf(date)
  return (
    <Tooltip label={exact.format(date)} withArrow openDelay={300}>
      <Text component="time" dateTime={at} inherit span {...text}>
        {isRelative ? <FromNow at={at} /> : clock.format(date)}
      </Text>
    </Tooltip>
  )
}
