-- What a rating says to people: what was put on top of the card, and what others may see of it.

-- The card's own answer before the thin file and the adjustment, the sub-scores, the interval: beside the rating for ever.
alter table rating add column telling jsonb;

-- A correction of all shops of an industry, a region or both, for a time (行业政策调整). Rows are only ever added: one that
-- `ends` another takes its place's end forward. Neither counts before another person has agreed.
create table rating_adjustment (
    adjustment_id uuid primary key,
    ends uuid references rating_adjustment,
    industry text check (industry <> ''),
    region text check (region <> ''),
    points integer not null check (points between -40 and 40),
    from_on date not null,
    until_on date check (until_on >= from_on),
    reason text not null check (reason <> ''),
    source text not null check (source <> ''),
    proposed_by uuid not null references account,
    proposed_role text not null,
    proposed_on date not null,
    made_at timestamptz not null default now(),
    -- what a decision is held to
    unique (adjustment_id, proposed_by),
    check ((ends is null) = (points <> 0)),
    check (ends is not null or industry is not null or region is not null)
);

create table rating_adjustment_decision (
    adjustment_id uuid primary key,
    proposed_by uuid not null,
    outcome text not null check (outcome in ('approved', 'declined', 'withdrawn')),
    decided_by uuid not null references account,
    decided_role text not null,
    decided_on date not null,
    reason text not null default '',
    made_at timestamptz not null default now(),
    foreign key (adjustment_id, proposed_by) references rating_adjustment (adjustment_id, proposed_by),
    check ((outcome = 'withdrawn') = (decided_by = proposed_by))
);

-- Whether a seller lets others see the public index (诚信指数), and how loans were repaid as a part of it. The newest row
-- counts; the text is the one that was read.
create table index_consent (
    consent_id uuid not null,
    borrower_id uuid not null references borrower,
    purpose text not null check (purpose in ('index', 'index-repayment')),
    given boolean not null,
    language text not null,
    wording text not null,
    told_on date not null,
    told_by uuid not null references account,
    made_at timestamptz not null default now(),
    primary key (consent_id, borrower_id)
);
create index index_consent_by_borrower on index_consent (borrower_id, purpose, consent_id);

-- Who was shown a seller's index, and what they saw; the seller can read this.
create table index_view (
    view_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_key text not null,
    seen_by uuid not null references account,
    viewer text not null,
    seen_on date not null,
    index_points integer check (index_points between 0 and 1000),
    level text not null,
    formula text not null,
    made_at timestamptz not null default now(),
    primary key (view_id, borrower_id)
);
create index index_view_by_borrower on index_view (borrower_id, view_id);

-- A seller's wish that a person looks at the rating, and what that person said.
create table rating_question (
    question_id uuid not null,
    borrower_id uuid not null references borrower,
    rating_id uuid not null,
    words text not null,
    asked_on date not null,
    made_at timestamptz not null default now(),
    primary key (question_id, borrower_id),
    unique (borrower_id, rating_id),
    foreign key (rating_id, borrower_id) references rating
);

create table rating_answer (
    question_id uuid not null,
    borrower_id uuid not null,
    words text not null check (words <> ''),
    answered_by uuid not null references account,
    answered_on date not null,
    made_at timestamptz not null default now(),
    primary key (question_id, borrower_id),
    foreign key (question_id, borrower_id) references rating_question (question_id, borrower_id)
);
