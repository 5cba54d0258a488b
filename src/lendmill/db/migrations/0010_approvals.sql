-- Two people for what moves money by hand: what was proposed, and what was decided. Rows are only ever added.

-- A change of a loan as one member of staff proposed it. `digest` names kind, loan and body together;
-- `changes_before` is how many changes by hand the loan had seen when this was proposed: more since then make it stale.
create table approval (
    approval_id uuid not null,
    borrower_id uuid not null references borrower,
    loan_id uuid,
    kind text not null,
    body jsonb not null,
    digest text not null,
    amount_cents bigint check (amount_cents >= 0),
    reason text not null check (reason <> ''),
    proposed_by uuid not null references account,
    proposed_role text not null,
    proposed_on date not null,
    expires_on date not null check (expires_on >= proposed_on),
    two_people boolean not null,
    changes_before integer not null check (changes_before >= 0),
    made_at timestamptz not null default now(),
    primary key (approval_id, borrower_id),
    -- what a decision is held to
    unique (approval_id, borrower_id, proposed_by, two_people, digest)
);
create index approval_by_loan on approval (borrower_id, loan_id, approval_id);
create index approval_waiting on approval (expires_on, approval_id) where two_people;

-- What became of it, once. Nobody approves what they proposed themselves; what takes two people is not done alone.
create table approval_decision (
    approval_id uuid not null,
    borrower_id uuid not null,
    proposed_by uuid not null,
    two_people boolean not null,
    digest text not null,
    outcome text not null check (outcome in ('approved', 'alone', 'declined', 'withdrawn')),
    decided_by uuid not null references account,
    decided_role text not null,
    decided_on date not null,
    reason text not null default '',
    result_id uuid,
    made_at timestamptz not null default now(),
    primary key (approval_id, borrower_id),
    foreign key (approval_id, borrower_id, proposed_by, two_people, digest)
        references approval (approval_id, borrower_id, proposed_by, two_people, digest),
    check ((outcome in ('alone', 'withdrawn')) = (decided_by = proposed_by)),
    check ((outcome = 'alone') = (not two_people)),
    check (result_id is null or outcome in ('approved', 'alone'))
);
