import { Anchor } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { DocumentSearch } from './document-search.ts'

/** The way to a place of the document that is shown. */
export function PlaceLink({
  search,
  children,
}: {
  readonly search: DocumentSearch
  readonly children: ReactNode
}) {
  const documentId = useParams({ strict: false }).documentId ?? ''
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/documents/$documentId"
          params={{ documentId }}
          search={search}
          replace
        />
      )}
    >
      {children}
    </Anchor>
  )
}
