-- Whose money. What may be lent is split over slots, so that many draws can reserve at once.

create table funding_slot (
    slot integer primary key,
    available_cents bigint not null check (available_cents >= 0)
) with (fillfactor = 50);
grant update on funding_slot to lendmill_app;

create table funding_reservation (
    loan_id uuid not null,
    borrower_id uuid not null references borrower,
    slot integer not null references funding_slot,
    amount_cents bigint not null check (amount_cents > 0),
    primary key (loan_id, borrower_id, slot)
);

-- Capital that flows back (repaid principal, failed payouts) is appended here and folded into the slots by the day end.
-- Below nothing: principal out again that no slot could carry, after a payment was told again.
create table funding_release (
    release_id uuid not null,
    borrower_id uuid not null references borrower,
    loan_id uuid not null,
    amount_cents bigint not null check (amount_cents <> 0),
    primary key (release_id, borrower_id)
);
grant delete on funding_release to lendmill_app;

-- What the house put in or took out, and why: the licence profile in force is written beside each change.
create table capital_change (
    change_id uuid primary key,
    amount_cents bigint not null,
    lendable_cents bigint not null,
    profile text not null,
    booked_on date not null,
    made_at timestamptz not null default now()
);
