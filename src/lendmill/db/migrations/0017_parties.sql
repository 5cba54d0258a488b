-- What others say of a borrower, what the borrower says, and the consents without which nobody is asked.

-- A consent may be given outside an application, on a day of the house; and taken back, without its row being touched.
alter table consent alter column application_id drop not null;
alter table consent add column given_on date;
create index consent_by_borrower on consent (borrower_id, purpose, consent_id);

create table consent_withdrawal (
    consent_id uuid not null,
    borrower_id uuid not null,
    withdrawn_on date not null,
    made_at timestamptz not null default now(),
    primary key (consent_id, borrower_id),
    foreign key (consent_id, borrower_id) references consent
);

-- A question to a third party, written in the transaction that asks it and carried after the commit. It names whose
-- identity is asked about by its blind index, and the consent that allows it.
create table party_request (
    request_id uuid not null,
    borrower_id uuid not null references borrower,
    party text not null check (party in ('customs', 'tax', 'bureau', 'registry')),
    request_key text not null,
    product_key text not null default 'any',
    identity_index bytea not null,
    consent_id uuid not null,
    asked_by uuid references account,
    asked_on date not null,
    asked_at timestamptz not null default now(),
    status text not null default 'waiting' check (status in ('waiting', 'settled', 'given up')),
    tries integer not null default 0,
    next_try_at timestamptz not null default now(),
    primary key (request_id, borrower_id),
    foreign key (consent_id, borrower_id) references consent
);
create index party_request_waiting on party_request (next_try_at) where status = 'waiting';
create unique index party_request_once on party_request (borrower_id, party) where status = 'waiting';
create index party_request_by_borrower on party_request (borrower_id, request_id);
grant update on party_request to lendmill_app;

-- What came of one exchange, also when nothing came. The body itself is not kept: its digest, and the figures in it.
create table party_answer (
    answer_id uuid not null,
    borrower_id uuid not null,
    request_id uuid not null,
    party text not null,
    state text not null check (
        state in ('answered', 'partial', 'stale', 'no record', 'refused', 'timed out', 'unknown')
    ),
    as_of_on date,
    figures jsonb not null default '[]',
    missing text[] not null default '{}',
    reason text not null default '',
    answered_by text not null default '',
    body_digest text,
    answered_on date not null,
    answered_at timestamptz not null default now(),
    primary key (answer_id, borrower_id),
    foreign key (request_id, borrower_id) references party_request,
    -- only an answer that was read says anything, and only of a day
    check (state in ('answered', 'partial', 'stale') or figures = '[]'::jsonb),
    check (state not in ('answered', 'partial', 'stale', 'no record') or as_of_on is not null),
    check (state <> 'partial' or cardinality(missing) > 0),
    check (state <> 'answered' or cardinality(missing) = 0)
);
create index party_answer_by_borrower on party_answer (borrower_id, party, answer_id);
create index party_answer_by_day on party_answer (answered_on, answer_id);

-- A seller's own figures: typed in as a draft, confirmed as a version that is never changed; a correction is the next.
create table stated_draft (
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    typed jsonb not null,
    saved_at timestamptz not null default now(),
    primary key (shop_id, borrower_id)
);
grant update, delete on stated_draft to lendmill_app;

create table stated_version (
    stated_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    n integer not null check (n >= 1),
    figures jsonb not null,
    stated_on date not null,
    stated_at timestamptz not null default now(),
    primary key (stated_id, borrower_id),
    unique (borrower_id, shop_id, n)
);
create index stated_version_by_day on stated_version (stated_on, stated_id);
