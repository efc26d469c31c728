import { Anchor } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { DocumentSearch } from './document-search.ts'

/** The way to a place of the document that is shown. */
export function PlaceLink({
  search,
  onGo,
  children,
}: {
  readonly search: DocumentSearch
  /** Done at once, also where the address is that of the place already. */
  readonly onGo?: () => void
  readonly children: ReactNode
}) {
  const documentId = useParams({ strict: false }).documentId ?? ''
  return (
    <Anchor
      size="sm"
      onClick={onGo}
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
