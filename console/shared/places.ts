const places: Readonly<Record<string, string>> = {
  order: '/orders/',
  customer: '/collections/',
  cluster: '/failures/',
  proposal: '/proposals/',
  document: '/documents/',
  receipt: '/documents/',
}

/** The screen that shows a record, where there is one. */
export function placeOf(kind: string, id: string): string | undefined {
  const place = places[kind]
  return place === undefined ? undefined : `${place}${encodeURIComponent(id)}`
}
