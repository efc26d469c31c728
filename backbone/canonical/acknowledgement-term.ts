/** Hours within which a partner acknowledges our interchanges unless they agreed on another time. */
export const usualAcknowledgementHours = 24

/** Hours within which a partner acknowledges what we send (X12 997); nothing for one who sends no acknowledgements. */
export function acknowledgementHours(
  settings: Readonly<Record<string, unknown>>,
): number | undefined {
  const { acknowledgedWithinHours: hours = usualAcknowledgementHours } = settings
  return typeof hours === 'number' && hours > 0 ? hours : undefined
}
