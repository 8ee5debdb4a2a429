"""Every key of the table, and what is asked of it; families of their own are built by the `*_keys` modules beside.

Every partition begins with its landlord's id and `#`; the few rows of the deployment itself begin with `client#`,
`range#` or `@`, which are no landlord ids (`domain/ids.py`).
Rows marked * are views: made from the others by `update_views`, never read to decide about money.

| asked | partition | row | written by |
|---|---|---|---|
| a landlord's settings | `{l}#landlord` | `settings` | staff_api |
| how far its pool is drawn | `{l}#landlord` | `numbers` | apply_erp_file, staff_api |
| the landlords of the deployment | `@landlords` | `{landlord}` | staff_api |
| virtual IBANs issued* | `{l}#landlord` | `issued` | update_views |
| who uses a range of virtual IBANs | `range#{bank}-{branch}-{prefix}` | `range` | staff_api |
| numbers reserved in a range | same | `numbers` | apply_erp_file, staff_api |
| which landlord and role a machine has | `client#{client_id}` | `client` | scripts/erp-client |
| a lease's account (the aggregate) | `{l}#lease#{lease}` | `account` | every posting |
| a lease's description | `{l}#lease#{lease}` | `lease` | apply_erp_file, staff_api |
| its parties, its dues | `{l}#lease#{lease}` | `party#{id}`, `due#{id}` | apply_erp_file, whoever charges |
| what the ERP thinks it owes | `{l}#lease#{lease}` | `balance` | apply_erp_file |
| its chargings | `{l}#lease#{lease}` | `charge#{n}` | apply_erp_file, staff_api, settle_pending |
| whether its holder wants mail and SMS | `{l}#lease#{lease}` | `contact` | staff_api |
| what was decided on its instalment plans | `{l}#lease#{lease}` | `plan#{n}` | staff_api, settle_pending |
| leases whose plan runs | listing `{l}#plans` | | |
| its entries in order, and what the ERP has not yet* | `{l}#lease#{lease}` | `entry#{n}` | update_views, push_erp |
| the entry of money on no lease* | `{l}#loose-entry#{payment}` | `entry#{n}` | update_views, push_erp |
| its tenants' names in the register* | `{l}#lease#{lease}` | `names` | update_views |
| the register of tenants' names, and whether it changed* | `{l}#names` | `shelf#{xx}`, `counter` | update_views |
| on which leases does this payer's money belong? | `{l}#payer#{keyed hash}` | `payer` | update_views, staff_api |
| leases of a residence | listing `{l}#leases#{residence}` | | |
| the leases of an account group | `{l}#group#{group}` | `group` | apply_erp_file, staff_api |
| whose is a virtual IBAN? | `{l}#virtual-iban#{iban}` | `virtual-iban` | apply_erp_file, staff_api |
| the lease of a due | `{l}#due#{due}` | `due` | apply_erp_file, staff_api, settle_pending |
| the next free account of the pool | `{l}#pool` | `iban#{n}` | apply_erp_file |
| was this movement posted? | `{l}#movement#{account}#{day}#{cents}` | `{n}` | every posting |
| which channels reported it | same | `{n}#claim#{channel}` | post_movements, settle_pending |
| what was decided on it | same | `{n}#decision#{k}` | staff_api, settle_pending, post_movements |
| which later dues used its credit, or gave it back | same | `{n}#use#{lease}#{sequence}` | whoever charges |
| was this event accepted? | `{l}#event#{source}#{reference}` | `event` | post_movements |
| events refused | `{l}#rejected-events` | `{event}` | post_movements |
| a file, its batches | `{l}#file#{file}` | `file`, `batch#{n}` | intake_file, workers |
| what people decided on a file | same | `decision#{k}` | staff_api |
| which files are being processed? | listing `@files#unfinished` | `open`, beside each file | intake_file, workers |
| which are quarantined and undecided? | listing `{l}#files#quarantined` | `open`, beside each file | intake_file |
| files, newest first | listing `{l}#files` | | |
| where does the sweep go on? | `@files#sweep` | `mark` | sweep_drops |
| were these bytes seen? | `{l}#raw#{sha256}` | `raw` | intake_file |
| a list, its lines | `{l}#list#{list}` | `list`, `lines#{read}#{n}` | intake_file, settle_pending, staff_api |
| which of its lines are posted, counted | same | `worked#{n}`, `progress` | settle_pending |
| was a list with this content taken? | `{l}#list-content#{sha256}` | `content` | intake_file |
| which are not posted yet? | listing `{l}#lists#open` | `open`, beside each | intake_file, settle_pending, staff_api |
| lists, newest first | listing `{l}#lists` | | |
| the lease of a payer's beneficiary | `{l}#beneficiary#{payer}#{number}` | `beneficiary` | apply_erp_file, staff_api |
| statements of an account by day | `{l}#statements#{account}` | `{to_date}#{statement}` | intake_file |
| was a statement with this content kept? | same | `content#{content}` | intake_file |
| was this ERP sequence taken? | `{l}#erp-in#{kind}` | `{sequence}` | intake_file |
| channels seen on an account | `{l}#channels#{account}` | `channels` | intake_file, post_movements |
| payments of a day* | `{l}#payments#{day}` | `{payment}` | update_views |
| bank lines that are no payment, and returns first told so* | `{l}#other-lines#{day}` | `{payment}` | update_views |
| days with payments* | `{l}#payment-days` | `{day}` | update_views |
| payments in suspense or pending* | listing `{l}#payments#{status}` | | update_views |
| receipts of a day, added up* | `{l}#receipts#{day}` | `{residence}#{commune}#{means}` | update_views |
| entries booked on a day* | `{l}#entries#{day}` | `{entry}` | update_views |
| entries that have no number yet* | listing `{l}#unnumbered` | | |
| how far days are closed and entries numbered | `{l}#books` | `books` | staff_api, close_days |
| when were days closed, by whom? | `{l}#closings` | `{through}` | staff_api, close_days |
| on which days is something of other days journalled? | `{l}#late-pieces` | `{day}#{own day}` | staff_api, close_days |
| which entry has this number of a journal? | `{l}#journal#{day}` | `{journal}#{number}` | staff_api, close_days |
| a ledger day of an account* | `{l}#ledger-days#{account}` | `{day}` | update_views |
| what is in collection (511), ever and day by day* | `{l}#collection` | `{means}`, `{means}#{day}` | update_views |
| residences* | `{l}#residences` | `{residence}` | update_views |
| a refund, its steps | `{l}#refund#{refund}` | `refund` | staff_api, settle_pending |
| which are approved, not paid? | listing `{l}#refunds#open` | `open`, beside each | staff_api, settle_pending |
| refunds, newest first | listing `{l}#refunds` | | |
| a payment link | `{l}#payment-link#{link}` | `link` | staff_api, send_mailings |
| whose payment link has this token? | `@payment-link#{digest}` | `token` | staff_api, send_mailings |
| a lease's payment links, newest first | listing `{l}#payment-links#{lease}` | | |
| its card payments, as they were begun and ended | `{l}#payment-link#{link}` | `checkout#{n}` | pay_page |
| was what a card provider told taken? | `{l}#card-event#{provider}#{event}` | `event` | pay_page |
| which checkout did a provider's payment pay? | `{l}#card-payment#{provider}#{payment}` | `payment` | pay_page |
| what was told before the payment itself | same | `notice#{outcome}#{reference}` | pay_page |
| a mailing, its parts | `{l}#mailing#{mailing}` | `mailing`, `part#{n}` | staff_api, send_mailings |
| mailings, newest first | listing `{l}#mailings` | | |
| a message to a tenant | `{l}#dispatch#{dispatch}` | `dispatch` | send_mailings, note_returned_mail |
| the messages to a lease, newest first | listing `{l}#dispatches#{lease}` | | |
| who writes under this address, this name of SMS? | `@sender#{channel}#{name}` | `sender` | scripts/sender |
| whose message is it that came back? | `@dispatch#{id}` | `sent` | send_mailings |
| do messages to this address come back? | `{l}#failing-address#{keyed hash}` | `failing-address` | note_returned_mail |
| alerts, newest first | `{l}#alerts`, listing the same | `{alert}` | whoever sees it |
| where the push to the ERP stands, per feed | `{l}#erp` | `head`, `head#{feed}` | push_erp |
| entries not yet pushed* | listing `{l}#erp-backlog` | `{lease}#{sequence}` | update_views, push_erp |
| was this virtual IBAN counted, pushed?* | `{l}#virtual-iban-notice#{iban}` | `notice` | update_views, push_erp |
| virtual IBANs not yet pushed* | listing `{l}#erp-backlog#virtual_ibans` | `{iban}` | update_views, push_erp |
| what the ERP is told of a payment as it stands* | `{l}#receipt-notice#{payment}` | `{n}` | update_views, push_erp |
| receipts not yet pushed* | listing `{l}#erp-backlog#receipts` | `{payment}#{n}` | update_views, push_erp |
| what the ERP is told of the dues it settles* | `{l}#allocation-notice#{payment}` | `{n}` | update_views, push_erp |
| allocations not yet pushed* | listing `{l}#erp-backlog#allocations` | `{payment}#{n}` | update_views, push_erp |
| what the ERP is told of what went back* | `{l}#reversal-notice#{payment}` | `{n}` | update_views, push_erp |
| reversals not yet pushed* | listing `{l}#erp-backlog#reversals` | `{payment}#{n}` | update_views, push_erp |
| landlords that ever had something to push* | `@erp#landlords` | `{landlord}` | update_views |
| what people did, newest first | `{l}#audit#{day}`, listing `{l}#audit` | `{act}` | staff_api |
| a landlord's own words of letters | `{l}#texts` | `{kind}` | staff_api |
| documents, their files | `{l}#document#{id}` | `document`, `part#{plan}#{n}` | staff_api, write_documents |
| documents, newest first | listing `{l}#documents` | | |
| an export | `{l}#export#{id}` | `export` | staff_api, write_export |
| the answer of a request with this key | `{l}#request#{key}` | `request` | staff_api |
"""

from __future__ import annotations

from datetime import date

from quitus.domain.identity import Bucket
from quitus.services.table import Key

_ORDINAL = 6
_SEQUENCE = 9
ENTRIES = "entries"
"""The feed of ledger entries to the ERP."""


PARTIES, DUES, CHARGES, CHAIN, BATCHES, PLANS = "party#", "due#", "charge#", "entry#", "batch#", "plan#"
SHELVES = "shelf#"
CLAIMS, DECISIONS, USES = "claim#", "decision#", "use#"
"""How the many rows of one sort begin in a partition, or after the ordinal of their movement."""


MEMBER = "lease:"
"""Begins the attributes that name leases, of an account group or of the register of names."""


def parse(pk: str) -> tuple[str, str, tuple[str, ...]]:
    """What a partition's name says: the landlord, the family of rows, the names of what they are about."""
    landlord_id, _, rest = pk.partition("#")
    family, *names = rest.split("#")
    return landlord_id, family, tuple(names)


LANDLORDS = "@landlords"
"""The landlords of the deployment."""


def settings(landlord_id: str) -> Key:
    """The landlord's settings."""
    return Key(f"{landlord_id}#landlord", "settings")


def numbers(landlord_id: str) -> Key:
    """How far the landlord's pool is filled and drawn."""
    return Key(f"{landlord_id}#landlord", "numbers")


def issued(landlord_id: str) -> Key:
    """How many virtual IBANs are on a lease."""
    return Key(f"{landlord_id}#landlord", "issued")


def range_owner(range_name: str) -> Key:
    """That a range of virtual IBANs is in use, or a part of it."""
    return Key(f"range#{range_name}", "range")


def range_numbers(range_name: str) -> Key:
    """The counter of numbers reserved in a range, by all who share it."""
    return Key(f"range#{range_name}", "numbers")


def client(client_id: str) -> Key:
    """A machine's landlord and role."""
    return Key(f"client#{client_id}", "client")


def lease_partition(landlord_id: str, lease_id: str) -> str:
    """Everything about one lease."""
    return f"{landlord_id}#lease#{lease_id}"


def account(landlord_id: str, lease_id: str) -> Key:
    """The lease's account."""
    return Key(lease_partition(landlord_id, lease_id), "account")


def lease(landlord_id: str, lease_id: str) -> Key:
    """The lease's description."""
    return Key(lease_partition(landlord_id, lease_id), "lease")


def party(landlord_id: str, lease_id: str, party_id: str) -> Key:
    """A party of the lease."""
    return Key(lease_partition(landlord_id, lease_id), f"{PARTIES}{party_id}")


def due(landlord_id: str, lease_id: str, due_id: str) -> Key:
    """A due of the lease."""
    return Key(lease_partition(landlord_id, lease_id), f"{DUES}{due_id}")


def balance_control(landlord_id: str, lease_id: str) -> Key:
    """What the ERP last thought the lease owed."""
    return Key(lease_partition(landlord_id, lease_id), "balance")


def charge(landlord_id: str, lease_id: str, sequence: int) -> Key:
    """A charging of the lease."""
    return Key(lease_partition(landlord_id, lease_id), f"{CHARGES}{sequence:0{_SEQUENCE}d}")


def plan(landlord_id: str, lease_id: str, number: int) -> Key:
    """The nth decision on the lease's instalment plans."""
    return Key(lease_partition(landlord_id, lease_id), f"{PLANS}{number:0{_SEQUENCE}d}")


def running_plans(landlord_id: str) -> str:
    """Listing partition: the plans that run, by lease id."""
    return f"{landlord_id}#plans"


def entry(landlord_id: str, lease_id: str, sequence: int) -> Key:
    """The lease's nth entry, as pushed to the ERP."""
    return Key(lease_partition(landlord_id, lease_id), entry_place(sequence))


def loose_entry(landlord_id: str, payment_id: str, sequence: int) -> Key:
    """The entry of a payment that was posted on no lease."""
    return Key(f"{landlord_id}#loose-entry#{payment_id}", entry_place(sequence))


def entry_place(sequence: int) -> str:
    """The nth entry's place in its chain."""
    return f"{CHAIN}{sequence:0{_SEQUENCE}d}"


def names_of(landlord_id: str, lease_id: str) -> Key:
    """The names of a lease's tenants as the register has them."""
    return Key(lease_partition(landlord_id, lease_id), "names")


def names(landlord_id: str) -> str:
    """The register of tenants' names."""
    return f"{landlord_id}#names"


def names_shelf(landlord_id: str, shelf: str) -> Key:
    """Some hundreds of leases of the register, each an attribute that begins with `MEMBER`."""
    return Key(names(landlord_id), f"{SHELVES}{shelf}")


def names_counter(landlord_id: str) -> Key:
    """Whether anything of the register changed."""
    return Key(names(landlord_id), "counter")


def payer(landlord_id: str, digest: str) -> Key:
    """What is remembered of a payer, under a keyed hash."""
    return Key(f"{landlord_id}#payer#{digest}", "payer")


def leases_of_residence(landlord_id: str, residence_id: str) -> str:
    """Listing partition: the leases of a residence, by id."""
    return f"{landlord_id}#leases#{residence_id}"


def account_group(landlord_id: str, group: str) -> Key:
    """The leases that share an account group, each an attribute that begins with `MEMBER`: its kind of unit."""
    return Key(f"{landlord_id}#group#{group}", "group")


def virtual_iban(landlord_id: str, iban: str) -> Key:
    """Who holds a virtual IBAN."""
    return Key(f"{landlord_id}#virtual-iban#{iban}", "virtual-iban")


def due_owner(landlord_id: str, due_id: str) -> Key:
    """Which lease a due is of."""
    return Key(f"{landlord_id}#due#{due_id}", "due")


def pool_partition(landlord_id: str) -> str:
    """The preloaded virtual IBANs."""
    return f"{landlord_id}#pool"


def pool(landlord_id: str, number: int) -> Key:
    """The nth preloaded virtual IBAN."""
    return Key(pool_partition(landlord_id), f"iban#{number:0{_SEQUENCE}d}")


def movement_partition(landlord_id: str, bucket: Bucket) -> str:
    """All movements of one account, day and amount."""
    return f"{landlord_id}#movement#{bucket.account}#{bucket.day.isoformat()}#{bucket.amount_cents}"


def bucket_of(names: tuple[str, ...]) -> Bucket:
    """The bucket that the names of a movement partition say."""
    account_tag, day, cents = names
    return Bucket(account_tag, date.fromisoformat(day), int(cents))


def movement(landlord_id: str, bucket: Bucket, ordinal: int) -> Key:
    """The permanent row of a movement."""
    return Key(movement_partition(landlord_id, bucket), ordinal_text(ordinal))


def claim(landlord_id: str, bucket: Bucket, ordinal: int, channel: str) -> Key:
    """A further channel's report of a movement."""
    return Key(movement_partition(landlord_id, bucket), f"{ordinal_text(ordinal)}#{CLAIMS}{channel}")


def decision(landlord_id: str, bucket: Bucket, ordinal: int, number: int) -> Key:
    """A person's nth decision on a payment."""
    return Key(movement_partition(landlord_id, bucket), f"{decisions_of(ordinal)}{number:04d}")


def decisions_of(ordinal: int) -> str:
    """How the decisions on a payment begin in its partition."""
    return f"{ordinal_text(ordinal)}#{DECISIONS}"


def credit_use(landlord_id: str, bucket: Bucket, ordinal: int, lease_id: str, sequence: int) -> Key:
    """Later dues that used a payment's credit."""
    place = f"{ordinal_text(ordinal)}#{USES}{lease_id}#{sequence:0{_SEQUENCE}d}"
    return Key(movement_partition(landlord_id, bucket), place)


def ordinal_text(ordinal: int) -> str:
    """An ordinal as it stands in keys, so that texts sort like numbers."""
    return f"{ordinal:0{_ORDINAL}d}"


def event(landlord_id: str, source: str, reference: str) -> Key:
    """A payment event accepted from a source."""
    return Key(f"{landlord_id}#event#{source}#{reference}", "event")


def rejected_event(landlord_id: str, event_id: str) -> Key:
    """A payment event refused."""
    return Key(f"{landlord_id}#rejected-events", event_id)


def channels(landlord_id: str, account_tag: str) -> Key:
    """The channels that ever reported on an account."""
    return Key(f"{landlord_id}#channels#{account_tag}", "channels")


def alerts(landlord_id: str) -> str:
    """The landlord's alerts; the listing has the same name."""
    return f"{landlord_id}#alerts"


def alert(landlord_id: str, alert_id: str) -> Key:
    """An alert."""
    return Key(alerts(landlord_id), alert_id)


def erp_head(landlord_id: str, feed: str = ENTRIES) -> Key:
    """Where the push of a feed to the landlord's ERP stands."""
    return Key(f"{landlord_id}#erp", "head" if feed == ENTRIES else f"head#{feed}")


def erp_backlog(landlord_id: str, feed: str = ENTRIES) -> str:
    """Listing partition: what the ERP has not acknowledged of a feed."""
    return f"{landlord_id}#erp-backlog" if feed == ENTRIES else f"{landlord_id}#erp-backlog#{feed}"


def backlog_place(owner: str, sequence: int) -> str:
    """The place of an entry in its backlog: entries of one lease stand together, in order."""
    return f"{owner}#{sequence:0{_SEQUENCE}d}"


def virtual_iban_notice(landlord_id: str, iban: str) -> Key:
    """A virtual IBAN that was counted, and what the ERP is told of it."""
    return Key(f"{landlord_id}#virtual-iban-notice#{iban}", "notice")


def numbered_notice(landlord_id: str, about: str, payment_id: str, number: int) -> Key:
    """The nth notice about a payment to the ERP: of its `receipt`, its `allocation` or a `reversal`."""
    return Key(f"{landlord_id}#{about}-notice#{payment_id}", f"{number:04d}")


ERP_LANDLORDS = "@erp#landlords"
"""The landlords that ever had something to push."""


def acts(landlord_id: str) -> str:
    """Listing partition: what people did."""
    return f"{landlord_id}#audit"


def act(landlord_id: str, audit_id: str) -> Key:
    """What somebody did, among the acts of its day, with which its id begins."""
    return Key(f"{acts(landlord_id)}#{audit_id[:10]}", audit_id)


def export(landlord_id: str, export_id: str) -> Key:
    """An export that a person asked for."""
    return Key(f"{landlord_id}#export#{export_id}", "export")


def request(landlord_id: str, key: str) -> Key:
    """A request made under an idempotency key."""
    return Key(f"{landlord_id}#request#{key}", "request")
