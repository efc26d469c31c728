import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import { GroupAnswer, InterchangeAnswer } from './acknowledge.ts'
import {
  type OutSegment,
  type OutSet,
  wrapInterchangeAnswer,
  wrapSet,
  type X12Envelope,
} from './envelope.ts'

/** Writes a TA1, 997 or 999 as an interchange of its own; it is a test exactly when what it answers was one. */
export function renderAcknowledgement(
  acknowledgement: TechnicalAcknowledgement,
  envelope: X12Envelope,
): string {
  if (acknowledgement.kind === 'TA1') {
    const answer = InterchangeAnswer.parse(acknowledgement.body)
    const { controlNumber, date, time, code, note, isTest } = answer
    const segment: OutSegment = ['TA1', controlNumber.padStart(9, '0'), date, time, code, note]
    return wrapInterchangeAnswer(segment, { ...envelope, isTest })
  }
  const answer = GroupAnswer.parse(acknowledgement.body)
  const isImplementation = acknowledgement.kind === '999'
  const version = isImplementation ? '005010X231' : baseVersion(answer.version)
  const set = answerSet(answer, isImplementation)
  return wrapSet(set, { ...envelope, version, isTest: answer.isTest })
}

// An acknowledgement is written in the release of what it answers; a version nobody knows gets 004010.
function baseVersion(version: string): string {
  return /^00[345]\d{3}/.test(version) ? version.slice(0, 6) : '004010'
}

function answerSet(answer: GroupAnswer, isImplementation: boolean): OutSet {
  const { functionalId, controlNumber, version, code, included, received, accepted, notes } = answer
  const number = /^\d{1,9}$/.test(controlNumber) ? controlNumber : '0'
  // AK103 and AK203, the version and guide answered to, exist from 005010 on.
  const isNaming = version.startsWith('005')
  const counts = [included, received, accepted].map(String)
  return {
    type: isImplementation ? '999' : '997',
    functionalId: 'FA',
    name: `The acknowledgement of group ${number}`,
    ...(isImplementation ? { implementation: '005010X231' } : {}),
    segments: [
      [
        'AK1',
        plain(functionalId).padEnd(2, '?').slice(0, 2),
        number,
        isNaming ? version.slice(0, 12) : '',
      ],
      ...answer.sets.flatMap((set) => setSegments(set, isImplementation, isNaming)),
      ['AK9', code, ...counts, ...notes],
    ],
  }
}

function setSegments(
  set: GroupAnswer['sets'][number],
  isImplementation: boolean,
  isNaming: boolean,
): OutSegment[] {
  const prefix = isImplementation ? 'IK' : 'AK'
  return [
    // ST01 and ST02 go back as they came, brought to the lengths AK2 has.
    [
      'AK2',
      plain(set.type).slice(0, 3).padEnd(3, '?'),
      plain(set.controlNumber).slice(0, 9).padStart(4, '0'),
      isNaming ? set.implementation.slice(0, 35) : '',
    ],
    ...set.segments.flatMap(({ segment, position, code, elements }): OutSegment[] => [
      [`${prefix}3`, segment.padEnd(2, '?'), String(position), '', code],
      ...elements.map(
        ({ element, reference, code: elementCode, copy }): OutSegment => [
          `${prefix}4`,
          String(element),
          reference,
          elementCode,
          copy,
        ],
      ),
    ]),
    [`${prefix}5`, set.code, ...set.notes],
  ]
}

// An id the sender wrote with characters no id has cannot be sent back as it came.
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '?')
}
