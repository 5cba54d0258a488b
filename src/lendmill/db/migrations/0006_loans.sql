-- The promise. A draw is a loan of its own; its events are only ever added, its state can be worked out again from them.

create table loan (
    loan_id uuid not null,
    borrower_id uuid not null references borrower,
    line_id uuid not null,
    product_key text not null,
    product_version integer not null,
    status text not null check (status in ('paying', 'running', 'written-off', 'closed', 'failed')),
    -- what was agreed, whole, as on the first day: a replay begins with it
    agreed jsonb not null,
    principal_cents bigint not null check (principal_cents > 0),
    months integer not null check (months > 0),
    asked_on date not null,
    -- what is in force: one denominator for the life of the loan, rates are numerators over it
    rate_den bigint not null check (rate_den > 0),
    rate_num bigint not null check (rate_num >= 0),
    penalty_num bigint not null check (penalty_num >= 0),
    grace_days integer not null check (grace_days >= 0),
    method text not null,
    -- where it stands, as of the end of `seen_on`
    drawn_on date,
    matures_on date,
    closed_on date,
    seen_on date,
    next_on date,
    events integer not null default 0,
    interest_accrued bigint not null default 0,
    stretch_accrued bigint not null default 0,
    payment_cents bigint not null default 0,
    outstanding_cents bigint not null default 0 check (outstanding_cents >= 0),
    interest_per_night bigint not null default 0,
    penalty_per_night bigint not null default 0,
    penalty_accrued bigint not null default 0,
    oldest_due_on date,
    adjusted_due_on date,
    nonaccrual boolean not null default false,
    written_off boolean not null default false,
    settlement_left_cents bigint,
    settlement_until_on date,
    primary key (loan_id, borrower_id)
) with (fillfactor = 85);
create index loan_by_borrower on loan (borrower_id);
grant update on loan to lendmill_app;

create table instalment (
    loan_id uuid not null,
    borrower_id uuid not null,
    n integer not null,
    due_on date not null,
    principal_cents bigint not null check (principal_cents >= 0),
    principal_paid_cents bigint not null default 0 check (principal_paid_cents between 0 and principal_cents),
    interest_cents bigint not null default 0,
    interest_paid_cents bigint not null default 0 check (interest_paid_cents between 0 and interest_cents),
    penalty_cents bigint not null default 0,
    penalty_paid_cents bigint not null default 0 check (penalty_paid_cents between 0 and penalty_cents),
    fees_cents bigint not null default 0,
    fees_paid_cents bigint not null default 0 check (fees_paid_cents between 0 and fees_cents),
    penalty_accrued bigint not null default 0,
    free_cents bigint not null default 0 check (free_cents between 0 and principal_cents - principal_paid_cents),
    earns_cents bigint not null default 0,
    adjusted_on date,
    closed boolean not null default false,
    primary key (loan_id, borrower_id, n),
    foreign key (loan_id, borrower_id) references loan
) with (fillfactor = 85);
grant update, delete on instalment to lendmill_app;

-- What happened, by value date and then by its turn in the borrower's diary; replaying these from nothing gives exactly
-- the rows above. An event that names another in `strikes` makes it as if it had never been.
create table loan_event (
    loan_id uuid not null,
    borrower_id uuid not null,
    seq integer not null,
    kind text not null,
    value_on date not null,
    booked_on date not null,
    amount_cents bigint not null check (amount_cents >= 0),
    prepay text not null default 'next-due' check (prepay in ('next-due', 'prepay')),
    receipt_id uuid,
    turn integer not null,
    details jsonb not null default '{}',
    strikes integer,
    made_at timestamptz not null default now(),
    primary key (loan_id, borrower_id, seq),
    foreign key (loan_id, borrower_id) references loan
);
create index loan_event_by_turn on loan_event (borrower_id, turn);

-- Money that came in from a borrower, or that was held for them and is taken for a due.
create table receipt (
    receipt_id uuid not null,
    borrower_id uuid not null references borrower,
    amount_cents bigint not null check (amount_cents > 0),
    value_on date not null,
    booked_on date not null,
    turn integer not null,
    named_loan_id uuid,
    prepay text not null default 'next-due' check (prepay in ('next-due', 'prepay')),
    from_held boolean not null default false,
    made_at timestamptz not null default now(),
    primary key (receipt_id, borrower_id)
);
create index receipt_by_borrower on receipt (borrower_id, turn);

-- A receipt that was not one: it bounced, belonged to another loan, or was booked twice.
create table receipt_reversal (
    receipt_id uuid not null,
    borrower_id uuid not null,
    cause text not null check (cause in ('bounced', 'wrong-loan', 'duplicate')),
    booked_on date not null,
    made_at timestamptz not null default now(),
    primary key (receipt_id, borrower_id),
    foreign key (receipt_id, borrower_id) references receipt
);

-- What each receipt settled, row by row, and what of it goes back, is held, or meets a claim (below nothing: becomes
-- one). What is known late adds differences, never edits: a receipt's parts always sum to its amount, or, once it is
-- reversed, to nothing.
create table receipt_part (
    part_id uuid not null,
    borrower_id uuid not null,
    receipt_id uuid not null,
    loan_id uuid,
    n integer,
    fees_cents bigint not null default 0,
    penalty_cents bigint not null default 0,
    interest_cents bigint not null default 0,
    principal_cents bigint not null default 0,
    refunded_cents bigint not null default 0,
    held_cents bigint not null default 0,
    claimed_cents bigint not null default 0,
    booked_on date not null,
    primary key (part_id, borrower_id),
    foreign key (receipt_id, borrower_id) references receipt,
    foreign key (loan_id, borrower_id) references loan
);
create index receipt_part_by_receipt on receipt_part (borrower_id, receipt_id);

-- The day end's own diary, so that loan rows stay cheap to update.
create table agenda (
    happens_on date not null,
    borrower_id uuid not null,
    loan_id uuid not null,
    primary key (happens_on, borrower_id, loan_id)
);
grant update, delete on agenda to lendmill_app;

-- By how much a night's interest changed, and from which day; the day end folds these into one accrual line per product.
create table accrual_delta (
    delta_id uuid not null,
    borrower_id uuid not null,
    loan_id uuid not null,
    product_key text not null,
    kind text not null check (kind in ('interest', 'penalty', 'memo interest', 'memo penalty')),
    rate_den bigint not null,
    from_on date not null,
    per_night bigint not null check (per_night <> 0),
    primary key (delta_id, borrower_id)
);
grant delete on accrual_delta to lendmill_app;

create table accrual_fold (
    product_key text not null,
    kind text not null check (kind in ('interest', 'penalty', 'memo interest', 'memo penalty')),
    rate_den bigint not null,
    through_on date not null,
    per_night numeric(40, 0) not null,
    total numeric(40, 0) not null,
    primary key (product_key, kind, rate_den, through_on)
);

-- What the rooms ask of the payment rail. Silence is `unknown`, never failure.
create table instruction (
    instruction_id uuid not null,
    borrower_id uuid not null references borrower,
    rail_key text not null,
    kind text not null check (kind in ('payout', 'collect', 'refund')),
    amount_cents bigint not null check (amount_cents > 0),
    loan_id uuid,
    prepay text not null default 'next-due' check (prepay in ('next-due', 'prepay')),
    status text not null default 'waiting' check (status in ('waiting', 'unknown', 'confirmed', 'failed')),
    asked_on date not null,
    value_on date,
    reason text not null default '',
    tries integer not null default 0,
    next_try_at timestamptz not null default now(),
    made_at timestamptz not null default now(),
    primary key (instruction_id, borrower_id)
);
create index instruction_open on instruction (next_try_at) where status in ('waiting', 'unknown');
create index instruction_by_borrower on instruction (borrower_id, instruction_id);
grant update on instruction to lendmill_app;

-- Steps of a day end that are finished, with what they did.
create table day_end_step (
    closes_on date not null,
    step text not null,
    done_at timestamptz not null default now(),
    counts jsonb not null,
    primary key (closes_on, step)
);

-- The portfolio as it stood at the end of each day.
create table portfolio_day (
    on_day date not null,
    product_key text not null,
    loans integer not null,
    outstanding_cents bigint not null,
    late_loans integer not null,
    late_cents bigint not null,
    nonperforming_cents bigint not null,
    drawn_cents bigint not null,
    primary key (on_day, product_key)
);
