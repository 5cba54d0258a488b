-- Changes of a loan that are agreed today and begin on a later day; the day end begins them.
create table planned_change (
    planned_id uuid not null,
    borrower_id uuid not null,
    loan_id uuid not null,
    kind text not null,
    begins_on date not null,
    amount_cents bigint not null check (amount_cents >= 0),
    details jsonb not null,
    made_at timestamptz not null default now(),
    primary key (planned_id, borrower_id),
    foreign key (loan_id, borrower_id) references loan
);
create index planned_change_by_day on planned_change (borrower_id, begins_on);

-- What was done about a planned change: it began, or was called off.
create table planned_change_end (
    planned_id uuid not null,
    borrower_id uuid not null,
    outcome text not null check (outcome in ('begun', 'called off')),
    booked_on date not null,
    primary key (planned_id, borrower_id),
    foreign key (planned_id, borrower_id) references planned_change
);
