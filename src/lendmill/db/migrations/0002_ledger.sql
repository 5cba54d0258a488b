-- The books. Entries and lines are only ever added.

-- `unit` is the currency (amounts in cents) or the currency over a rate's denominator, such as CNY/1000000 (exact accruals).
create table entry (
    entry_id uuid not null,
    borrower_id uuid,
    what text not null,
    loan_id uuid,
    product_key text not null default '',
    value_on date not null,
    booked_on date not null,
    booked_at timestamptz not null default now(),
    primary key (entry_id)
);
create index entry_by_borrower on entry (borrower_id, entry_id) where borrower_id is not null;

-- Debits are positive, credits negative: an entry's lines sum to nothing in each unit.
create table line_item (
    entry_id uuid not null references entry,
    n smallint not null,
    account text not null,
    unit text not null,
    amount numeric(40, 0) not null check (amount <> 0),
    value_on date not null,
    booked_on date not null,
    primary key (entry_id, n)
);
create index line_item_by_day on line_item (booked_on, account, unit) include (amount);
