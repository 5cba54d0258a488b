-- Closing the books. A period that is closed takes no entry any more.

-- Through which day the books are closed, by whom, and what they said: the figures word for word, under their hash.
create table books_closing (
    through_on date primary key,
    closed_by uuid not null references account,
    closed_at timestamptz not null default now(),
    entries bigint not null check (entries >= 0),
    figures text not null,
    digest text not null check (digest = encode(sha256(convert_to(figures, 'UTF8')), 'hex'))
);

-- Nothing is kept here. Whoever posts holds this table lightly (row exclusive) until the end of the transaction; whoever
-- moves the house's day or closes a period takes it alone (share row exclusive), after those who are posting and before
-- those who will. A lock on a table costs a posting no write; a lock on the house's one row would make that row hot.
create table books_gate (
    nothing boolean
);
grant update on books_gate to lendmill_app;

-- One index serves an account's statement, its balance and the trial balance.
create index line_item_by_account on line_item (account, unit, booked_on, entry_id, n) include (amount);
drop index line_item_by_day;
