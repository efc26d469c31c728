// Words a reminder may begin a sentence or a heading with. A capital on any other word makes it a name.
const words = new Set(
  `a about account accounts additionally complaint complaints after again all also amount amounts an and any are as ask at attached
  balance be before best both but by call can contact copies copy could credit credits customer date day days dear
  department despite did discount dispute do does documents due each either every everything exactly feel find
  finance first following for friendly from further get give good has have hello help here hi how however i if in
  invoice invoices is it its just kind kindly late let like list looking may meanwhile mr mrs ms dr most my near
  no not note notes notice of ok on once one only open or order orders original our overdue overview paid part past
  payable payables pay payment payments pdf perhaps person phone please po purchase question questions re reason
  received receipt reference regarding regards remaining remember reminder reply respectfully second see send
  should simply since sincerely sir madam so some soon sorry statement still subject such sum team than thank
  thanks that the their then there these they this those through to today together total unapplied under until up us use
  was we were what when where which while who why will with within would yes yet you your yours`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Whether a word with a capital is a plain word of a reminder and not somebody's name. */
export function isPlainWord(word: string): boolean {
  const plain = word.toLowerCase().replace(/'(s|re|ve|ll|d|m|t)$/, '')
  return words.has(plain)
}
