import type { IsoDate, IsoMoment } from '../../backbone/canonical/document.ts'
import { zoneClock } from '../../backbone/canonical/zone-clock.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** A moment on the wall clock of the house, as people read it: 2026-11-22 14:05. */
export function localTime(moment: IsoMoment, timeZone: string): string {
  const { day, minutes } = zoneClock(timeZone).read(Date.parse(moment))
  return `${day} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Today on the wall clock of the house. */
export function localDay(moment: IsoMoment, timeZone: string): IsoDate {
  return zoneClock(timeZone).read(Date.parse(moment)).day
}

/** When what is told was read, with the zone it is told in. */
export function asOfText(moment: IsoMoment, timeZone: string): string {
  return `As of ${localTime(moment, timeZone)} (${timeZone}).`
}

/** "1 order", "3 orders". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

/** A long text with its end cut off. */
export function shortened(text: string, mostLetters: number): string {
  const letters = [...text]
  return letters.length <= mostLetters
    ? text
    : `${letters
        .slice(0, mostLetters - 1)
        .join('')
        .trimEnd()}…`
}

/** A sentence with its full stop, where it has none. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`
}

/** How long until, or since, in the largest whole unit. */
export function span(fromMoment: IsoMoment, toMoment: IsoMoment): string {
  const minutes = Math.round(Math.abs(Date.parse(toMoment) - Date.parse(fromMoment)) / 60_000)
  if (minutes < 90) return counted(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day')
}
