// Words of ordinary questions; what is left over may be somebody's name.
const ordinary = new Set(
  `sixth seventh eighth ninth tenth buyer buyers keeping releasing truck deadline deadlines pickup comes pressing among round able lying around nudge debtors stand leave gap flagged discrepancy comparable ran bearings risky twice duplicates resending rerunning resubmitting levels often trading asks forward knock rebate print grant a about above accept accepted account accounts ack acknowledge acknowledged acknowledgement acknowledgements actually add address after again against aging ageing ago agree agreement ahead all allowed almost already also alternative alternatives always am amount an and another answer any anybody anyone anything apply applied approval approvals approve approved are arrive arrived as ask asked at available away
  back backorder backordered bad balance bank be because been before behind being below best better between big biggest bill billed blocked book both breach breaches breaching break breaking breaks bring broke broken but buy by call called calls can cancel cancelled canceled cannot cant carrier cash catch causes cause change changed charge charged chase chasing cheap cheaper check checks clear client close closed cluster clusters collect collection collections come company complaint confirm connection connections contract copy correct cost costs could count credit currency current customer customers cutoff cut
  daily dashboard data date day days deal dear decide decided decision deduction deductions delay delayed deliver delivered delivery describe details did didnt differ difference different discount dispute disputes do document documents does doesnt doing dollars done dont down draft due dunning during dunned
  each edi either else email emails end enough equivalent erp error errors eta euro euros even ever every everybody everyone everything exactly exceptions expect expected expensive explain exposure extend failed failing fails failure failures fail far fast few figure fill find fine finish first fix fixed fixes follow for forget found freight from full further
  get gets getting give given go goes going gone good goods got great ground had half hand hang hanging happen happened happening happens has hasnt have havent headroom health healthy held hello help her here hey hi high him his hold holding holds hours hour house how however hundred i idea if important in incoming info information instead integration integrations into inventory invoice invoiced invoices is isnt issue issues it item items its just keep keeps key kind know kpi kpis
  last late later latest lately least left less let letter letters level like limit limits line lines list little load long longest look looking looks lose lost lot low made mail main make makes many match matched may maybe me mean means message messages might minutes mind miss missed missing mistake moment money month more morning most move moved moves much must my name near need needed needs never new next nice night no nobody none normal not nothing now number numbers of off offer offered offline ok okay old oldest on once one ones online only open operations option options or order ordered orders other others our out outage outstanding over overall overdue overnight own owe owed owes
  paid paper part partly partner partners parts past pay payer payers paying payment payments pays pending people per perhaps person pick picked picking piece pieces place placed plan please po point possible post pretty previous price priced prices pricing problem problems process product products promise promised promises proposal proposals propose proposed provider purchase push put quantity question queue quick quickly quite
  raise rather re reach ready really reason reasons receivable receivables receive received recent recently reduce refuse reject rejected release released remind reminder reminders remittance repeat replace replaced replacement replay replayed reply report reprice reprocess request requested rerun resend respond response resubmit retried retry retries return returns review right risk root run running runs safe safely said sales same save say says second see seems sell send sending sends sent service set several shall she ship shipment shipments shipped shipping ships shop short shortage should show sick side sign signature similar since single sit sits situation sku skus sla slas slow slowest so sold some somebody someone something soon sorry source space split stage stand start started state status stay still stock stop stopped strange stuck stuff submit substitute substituted substitutes substitution such suggest sum summary summarise summarize supplier supply supposed sure swap system systems
  take taken takes talk tell terms than thank thanks that the their them then there these they thing things think third this those though through till time times to today together told tomorrow too top total touchless track tracking transaction transactions triage true trust try trying two under understand unapplied unit units unmatched unpaid until up update upset urgent us use used usual value very view wait waiting waits want wanted wants warehouse was we web week weekend weeks well went were what whats when where whether which while who whoever whole whom whos whose why will wish with within without wms wont word words work working works worst worth would write wrong x yes yesterday yet you your
  unallocated suspense creditworthy worthy exceed exceeded exceeds headroom lot lots extra ours theirs usd eur gbp monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec afternoon evening noon midnight lunch tonight fourth fifth option choice number three four five six seven eight nine ten pls afford alternatives explain reprices discounted shouldnt couldnt wouldnt im ive id itll well youre hows hasn isn doesn don didn s t re ve ll d m
  backlog blocks block bounce bounced calls collector collectors contact contacts damage desk dunning escalate expired expire expires forwarded goodwill handle hurry job jobs lift lifted margin mapping mappings master mess note notes nr partial patience pallet pass phone prepaid priority problemwise receipt receipts records record rule rules settle ship shipping shopify sitting sort standing step steps sync task tasks team test unblock unblocked unstuck value void worklist worry worried write writeoff yours xml csv api cxml edifact as2 sftp ftp http x12 weather joke poem bitcoin recipe tolerance agreed unusual difference total totals substitution ignore previous instructions instruction prompt system pretend developer mode jailbreak bypass override skip gate permission admin yourself himself legal lawyer threaten court fee fees interest penalty salary salaries employee employees password secret secrets token tokens tenant tenants competitor competitors stockmarket shares predict forecast future year years quarter kind regards cheers sir madam`.split(
    /\s+/,
  ),
)

const ofCompanies = /^(inc|llc|ltd|co|corp|company|gmbh|plc|&|and|of|the)\.?$/i
const isWord = /^[\p{L}&][\p{L}&'.-]*$/u

/** Whether an ordinary question has this word. */
export function isOrdinary(word: string): boolean {
  const bare = word.toLowerCase().replaceAll(/['.]/g, '')
  return (
    ordinary.has(bare) ||
    /^x(order|po|invoice|customer|sku|transaction|cluster|proposal|payment|code|amount|address)$/.test(
      bare,
    )
  )
}

type Word = { readonly text: string; readonly isOrdinary: boolean; readonly isCapital: boolean }

function wordsOf(rest: string): Word[] {
  return rest
    .replaceAll(/[\u2018\u2019`\u00B4]/g, "'")
    .replaceAll(/'s\b/g, '')
    .split(/(?=[?!,;:()"]|\.(?:\s|$))|\s+/)
    .filter((text) => text !== '')
    .map((text) => ({
      text,
      isOrdinary: !isWord.test(text) || isOrdinary(text),
      isCapital: /^\p{Lu}/u.test(text),
    }))
}

// A capital ordinary word within or next to a name belongs to it: "Blue Ridge Millworks", "Harbor Supply Co.".
function belongs(word: Word, isInside: boolean): boolean {
  if (!word.isOrdinary) return true
  return isInside && (word.isCapital || ofCompanies.test(word.text))
}

/**
 * What may be names of customers or partners: words that are not those of an ordinary question. `spellCheck` puts
 * slips of the keys right first, so that a mistyped word of the trade is no name.
 */
export function namesIn(rest: string, spellCheck: (word: string) => string): string[] {
  const words = wordsOf(rest).map((word) =>
    word.isOrdinary ? word : { ...word, isOrdinary: isOrdinary(spellCheck(word.text)) },
  )
  const names: string[][] = []
  let current: Word[] = []
  const end = () => {
    while (
      current.length > 0 &&
      ofCompanies.test(current.at(-1)?.text ?? '') &&
      /^(and|of|the|&)$/i.test(current.at(-1)?.text ?? '')
    )
      current.pop()
    if (current.some((word) => !word.isOrdinary)) names.push(current.map(({ text }) => text))
    current = []
  }
  for (const [place, word] of words.entries()) {
    const startsName =
      word.isCapital && word.text.length > 1 && place > 0 && words[place + 1]?.isOrdinary === false
    if (
      belongs(word, current.length > 0) ||
      (word.isOrdinary && startsName && isWord.test(word.text))
    )
      current.push(word)
    else end()
  }
  end()
  return names
    .map((name) => name.join(' ').replaceAll(/\s+([,.])/g, '$1'))
    .filter((name) => name.length > 1)
}
