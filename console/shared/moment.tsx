import { Text, type TextProps, Tooltip } from '@mantine/core'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const exact = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'long',
  timeZone: zone,
})
const short = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: zone,
})
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })

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

/** The zone that all times of the console are shown in. */
export const shownZone = zone

/** A moment in the reader's own zone; the tooltip has it in full, with the zone. */
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
  const clock = isTimeOnly ? timeOfDay : short
  return (
    <Tooltip label={exact.format(new Date(at))} withArrow openDelay={300}>
      <Text component="time" dateTime={at} inherit span {...text}>
        {isRelative ? fromNow(at) : clock.format(new Date(at))}
      </Text>
    </Tooltip>
  )
}
