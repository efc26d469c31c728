import { expect, test } from 'vitest'
import { InboundDocument } from '../../canonical/canonical-document.ts'
import { allConnectors } from '../../connectors/registry.ts'
import { guideFor } from '../../documents/x12/guides/guides.ts'
import { documentFormats } from './document-formats.ts'

const outgoing = (kind: string) =>
  (documentFormats[kind] ?? [])
    .filter(({ direction }) => direction === 'out')
    .map(({ docType }) => docType)
    .toSorted()

test('what the document matrix calls supported is what the connectors of partners can send', () => {
  for (const connector of allConnectors()) {
    const forPartners = connector.operations.filter((operation) =>
      /^(partner\.|shop\.|webhook\.)/.test(operation),
    )
    expect(
      outgoing(connector.kind),
      `Bring document-formats.ts up to date for ${connector.kind}`,
    ).toEqual(forPartners.toSorted())
  }
})

test('the JSON door is shown with every document it takes', () => {
  const taken = InboundDocument.options.map((option) => option.shape.docType.value)
  const shown = (documentFormats['json'] ?? []).map(({ docType }) => docType)
  expect(shown.toSorted()).toEqual(taken.toSorted())
})

test('every X12 set that is shown has a guide', () => {
  for (const { name } of documentFormats['x12'] ?? []) {
    const set = /\d{3}/.exec(name)?.[0] ?? ''
    expect(guideFor(set, '004010'), name).toBeDefined()
  }
})
