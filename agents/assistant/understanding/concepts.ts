// Words that mean the same at this desk; the first of a row stands for all. Some are what Dutch and German speakers write.
const rows = `
orders order purchase po bestellung bestelling auftrag
xorder xpo
stuck block blocked blocking hang hanging hold held holding waiting waits wait standstill frozen parked
where whereabouts wo waar
status state progress news update stand situation eta
move movement moving moved left leave leaves leaving ship shipped shipping shipment dispatch dispatched depart departs gone goods
arrive arrived arrives delivery delivered deliver reach reached
late delay delayed overdue behind slow slowly tardy lagging
release released releasing free unblock unlock let
cutoff truck pickup carrier van lorry collection-time
urgent pressing urgency priority prioritise priorities rush burning
deadline deadlines due expire expires expiring time-limit
price prices priced pricing preis prijs tariff rate
different difference differs differ deviate deviates deviation gap mismatch discrepancy disagree disagrees wrong incorrect odd oddly strange off
agreed agreement contract deal arranged
expensive dear dearer cheap cheaper cheapest costly
instead alternative alternatives alternativ substitute substitutes replacement replacements replace replaces equivalent equivalents swap similar comparable fits fit
stock inventory shelf shelves warehouse voorraad lager bestand on-hand
short shortage shortages soldout unavailable empty zero none lacking missing
product products item items part parts sku article articles artikel bearing bearings bolt bolts motor motors pump pumps valve valves
fail failed failing fails failure failures error errors broken break broke crash crashed bounce bounced bouncing problem problems trouble troubles issue issues fault faults exception exceptions incident incidents
connection connections interface interfaces integration integrations link links feed feeds schnittstelle koppeling edi api erp wms shop
cause causes root reason reasons why warum waarom
fix fixes fixed fixing repair repairs repairing mend solve solved solves remedy cure
most biggest largest worst main top highest greatest
repeat repeated again replay replaying rerun rerunning retry retrying resend resending resubmit reprocess requeue redo anew re-send re-run
safe safely danger dangerous harm hurt hurts risk risky risks
double twice duplicate duplicates doubled duplicated
message messages document documents call calls transaction transactions posting postings
chase chasing remind reminder reminders dun dunning nudge press mahnung mahnen aanmaning aanmanen collect collections collector
debtor debtors payer payers defaulter
owe owes owed owing outstanding open unpaid debt debts receivable receivables balance
customer customers client clients buyer buyers account accounts kunde klant
money cash funds
payment payments pay pays paid paying payer settle settled receipt receipts remittance remittances betaling zahlung transfer transfers
invoice invoices bill bills billing rechnung rechnungen factuur facturen
unapplied unallocated unmatched unassigned unidentified unexplained unbooked
match matched apply applied allocate allocated assign assigned book booked place placed
words wording word text phrase tone say tell write letter letters email mail draft
credit kredit krediet creditworthy creditworthiness solvent solvency
limit limits headroom room exposure ceiling
trust afford good reliable sound
sla slas service-level agreement-times
partner partners supplier suppliers vendor vendors lieferant leverancier trading
acknowledge acknowledged acknowledges acknowledgement acknowledgements acknowledgment ack acks confirmation confirmations confirm confirms response responses respond responds answer answers reply replies
breach breaches breached violate violates violation violations miss misses missed promise promises
approve approves approval approvals decide decides decided decision decisions sign signoff inbox
proposal proposals suggestion suggestions proposed
today tonight morning afternoon heute vandaag
yesterday overnight gestern gisteren
now currently moment actual actually present
figure figures kpi kpis number numbers metric metrics performance
quantity pieces pcs units many
all every everything everybody everyone
future predict forecast prediction tomorrow next-year
`
  .trim()
  .split('\n')
  .map((row) => row.trim().split(' '))

const conceptOf = new Map(rows.flatMap((row) => row.map((word) => [word, row[0] ?? word] as const)))

// Endings that part forms of a word that no row names.
const stemOf = (word: string): string =>
  word.length < 6 ? word : word.replace(/(ations?|ings?|edly|ed|es|s|ly)$/, '')

/** A word as what it means at this desk, or as its stem where it has no row. */
export const meaningOf = (word: string): string => conceptOf.get(word) ?? stemOf(word)
